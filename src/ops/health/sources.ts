import type pg from 'pg';
import { judgeRate, type SourceHealth } from '#domain/health.ts';
import type { Clock } from '#platform/clock.ts';
import { lagPercentiles } from './lag.ts';

/** The sources of which something came last; more than these nobody looks through. */
export const SOURCES_SHOWN = 50;

const TEN_MINUTES = 600_000;
const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
const WEEKS = [1, 2, 3, 4];

const STATES_SQL = `
  SELECT source, first_at, last_occurred_at, last_recorded_at, events::int8 AS events
    FROM source_state WHERE workspace_id = $1 ORDER BY last_recorded_at DESC, source LIMIT ${SOURCES_SHOWN}`;

/** By hour of the last day: 144 ten minutes of each source. */
const DAY_SQL = `
  SELECT source, floor(extract(epoch FROM bucket_at - $2) / 3600)::int AS hour, sum(events)::int AS events
    FROM source_rate WHERE workspace_id = $1 AND bucket_at >= $2 AND bucket_at < $3 AND source = ANY ($4)
   GROUP BY source, hour`;

const LAGS_SQL = `
  SELECT source, array_agg(n ORDER BY i) AS lags FROM (
    SELECT r.source, l.i, sum(l.n)::int AS n
      FROM source_rate r, unnest(r.lags) WITH ORDINALITY AS l (n, i)
     WHERE r.workspace_id = $1 AND r.bucket_at >= $2 AND r.source = ANY ($3)
     GROUP BY r.source, l.i) s
   GROUP BY source`;

/** The same hour now (week 0) and in each of the weeks before. */
const HOURS_SQL = `
  SELECT w.week::int AS week, r.source, sum(r.events)::int AS events
    FROM unnest($2::int[], $3::timestamptz[], $4::timestamptz[]) AS w (week, from_at, to_at)
    JOIN source_rate r ON r.workspace_id = $1 AND r.bucket_at >= w.from_at AND r.bucket_at < w.to_at
     AND r.source = ANY ($5)
   GROUP BY w.week, r.source`;

const REFUSED_SQL = `
  SELECT source, sum(1 + repeats)::int AS refused FROM (
    SELECT source, repeats FROM quarantine
     WHERE workspace_id = $1 AND state IN ('waiting', 'replayed', 'discarded') AND received_at >= $2 AND source IS NOT NULL
     LIMIT 10000) q
   GROUP BY source`;

interface StateRow {
  readonly source: string;
  readonly first_at: Date;
  readonly last_occurred_at: Date;
  readonly last_recorded_at: Date;
  readonly events: number;
}

/** How each source of a workspace fares. Reads counts by ten minutes, never the book: its cost does not grow with that. */
export async function readSources(
  deps: { readonly pool: pg.Pool; readonly clock: Clock },
  workspaceId: string,
): Promise<SourceHealth[]> {
  const { pool, clock } = deps;
  const now = clock.now().getTime();
  const end = now - (now % TEN_MINUTES);
  const { rows: states } = await pool.query<StateRow>(STATES_SQL, [workspaceId]);
  const names = states.map(({ source }) => source);
  const ofWeek = (week: number, at: number) => new Date(at - week * WEEK);
  const weeks = [0, ...WEEKS];
  const dayFrom = new Date(end - 24 * HOUR);
  const [day, lags, hours, refused] = await Promise.all([
    pool.query<{ source: string; hour: number; events: number }>(DAY_SQL, [workspaceId, dayFrom, new Date(end), names]),
    pool.query<{ source: string; lags: number[] }>(LAGS_SQL, [workspaceId, dayFrom, names]),
    pool.query<{ week: number; source: string; events: number }>(HOURS_SQL, [
      workspaceId,
      weeks,
      weeks.map((week) => ofWeek(week, end - HOUR)),
      weeks.map((week) => ofWeek(week, end)),
      names,
    ]),
    pool.query<{ source: string; refused: number }>(REFUSED_SQL, [workspaceId, dayFrom]),
  ]);
  return states.map((state) => {
    const { source, first_at: firstAt } = state;
    const ofHour = (week: number) => hours.rows.find((row) => row.source === source && row.week === week)?.events ?? 0;
    const usual = WEEKS.filter((week) => firstAt < ofWeek(week, end)).map(ofHour);
    const lastHour = ofHour(0);
    const byHour = new Map(day.rows.filter((row) => row.source === source).map((row) => [row.hour, row.events]));
    return {
      source,
      events: state.events,
      lastOccurredAt: state.last_occurred_at.toISOString(),
      lastRecordedAt: state.last_recorded_at.toISOString(),
      lastHour,
      usual,
      judgement: judgeRate(lastHour, usual),
      day: Array.from({ length: 24 }, (_, hour) => byHour.get(hour) ?? 0),
      refused: refused.rows.find((row) => row.source === source)?.refused ?? 0,
      lagMs: lagPercentiles(lags.rows.find((row) => row.source === source)?.lags ?? []),
    };
  });
}
