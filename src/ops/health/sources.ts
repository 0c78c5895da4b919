import type pg from 'pg';
import { weeksAgo } from '#domain/day.ts';
import { judgeRate, type SourceHealth } from '#domain/health.ts';
import type { Live } from '#live/index.ts';
import type { Clock } from '#platform/clock.ts';
import { timeZone } from '#query/time-zone.ts';
import { LAG_BOUNDS_S } from '../sources/index.ts';
import { lagPercentiles, percentilesOf } from './lag.ts';

/** The sources of which something came last; more than these nobody looks through. */
export const SOURCES_SHOWN = 50;
/** Sources of which nothing was ever taken: callers may name what they like, so no more of these. */
const REFUSED_SHOWN = 10;

const TEN_MINUTES = 600_000;
const HOUR = 3_600_000;
const WEEKS = [1, 2, 3, 4];

const STATES_SQL = `
  SELECT source, first_at, last_occurred_at, last_recorded_at, events::int8 AS events
    FROM source_state WHERE workspace_id = $1 ORDER BY last_recorded_at DESC, source LIMIT ${SOURCES_SHOWN}`;

/** By hour of the last day: 144 ten minutes of each source. */
const DAY_SQL = `
  SELECT source, least(floor(extract(epoch FROM bucket_at - $2) / 3600), 23)::int AS hour, sum(events)::int AS events
    FROM source_rate WHERE workspace_id = $1 AND bucket_at >= $2 AND bucket_at <= $3 AND source = ANY ($4)
   GROUP BY source, hour`;

const LAG_SUMS = Array.from({ length: LAG_BOUNDS_S.length + 1 }, (_, i) => `sum(lags[${i + 1}])::int`);
const LAGS_SQL = `
  SELECT source, ARRAY[${LAG_SUMS.join(', ')}] AS lags
    FROM source_rate WHERE workspace_id = $1 AND bucket_at >= $2 AND source = ANY ($3)
   GROUP BY source`;

/** Named one by one: as ranges to join with, the planner would read all that the workspace has. */
const BUCKETS_SQL = `
  SELECT source, bucket_at, events FROM source_rate
   WHERE workspace_id = $1 AND bucket_at = ANY ($2::timestamptz[]) AND source = ANY ($3)`;

/**
 * Of one that came before and comes again it is not known how often it came since: at least once. An entry that asks whose
 * an event is was refused by nobody.
 */
const REFUSED_SQL = `
  SELECT source, sum(CASE WHEN received_at >= $2 THEN 1 + repeats ELSE 1 END)::int AS refused, EXISTS (
    SELECT FROM source_state s WHERE s.workspace_id = $1 AND s.source = q.source) AS known FROM (
    SELECT source, repeats, received_at, last_received_at FROM quarantine
     WHERE workspace_id = $1 AND last_received_at >= $2 AND waits_for IS NULL AND source IS NOT NULL
     LIMIT 10000) q
   GROUP BY source ORDER BY max(last_received_at) DESC`;

interface StateRow {
  readonly source: string;
  readonly first_at: Date;
  readonly last_occurred_at: Date;
  readonly last_recorded_at: Date;
  readonly events: number;
}

/** How each source of a workspace fares. Reads counts by ten minutes, never the book: its cost does not grow with that. */
export async function readSources(
  deps: {
    readonly pool: pg.Pool;
    readonly clock: Clock;
    readonly live?: Pick<Live, 'deliveriesOf'>;
  },
  workspaceId: string,
): Promise<SourceHealth[]> {
  const { pool, clock } = deps;
  const now = clock.now().getTime();
  const end = now - (now % TEN_MINUTES);
  const [zone, { rows: states }] = await Promise.all([
    timeZone(pool, workspaceId),
    pool.query<StateRow>(STATES_SQL, [workspaceId]),
  ]);
  const names = states.map(({ source }) => source);
  /** When the hour ended, by the clocks of the workspace: what people and their schedules go by. */
  const ends = new Map(WEEKS.map((week) => [week, weeksAgo(new Date(end), week, zone).getTime()]));
  const endOf = (week: number) => ends.get(week) ?? end;
  const dayFrom = new Date(end - 24 * HOUR);
  const [day, lags, hours, refused] = await Promise.all([
    pool.query<{ source: string; hour: number; events: number }>(DAY_SQL, [workspaceId, dayFrom, new Date(end), names]),
    pool.query<{ source: string; lags: number[] }>(LAGS_SQL, [workspaceId, dayFrom, names]),
    pool.query<{ source: string; bucket_at: Date; events: number }>(BUCKETS_SQL, [
      workspaceId,
      [new Date(end), ...[0, ...WEEKS].flatMap((week) => hourBefore(endOf(week)))],
      names,
    ]),
    pool.query<{ source: string; refused: number; known: boolean }>(REFUSED_SQL, [workspaceId, dayFrom]),
  ]);
  const shown = deps.live?.deliveriesOf(workspaceId);
  const onlyRefused = refused.rows.filter(({ known }) => !known).slice(0, REFUSED_SHOWN);
  const heard = states.map((state) => {
    const { source, first_at: firstAt } = state;
    const ofHour = (week: number) => {
      const buckets = new Set(hourBefore(endOf(week)).map((at) => at.getTime()));
      // What has come since the last full ten minutes counts too: nobody is silent who has just sent something.
      if (week === 0) buckets.add(end);
      const rows = hours.rows.filter((row) => row.source === source && buckets.has(row.bucket_at.getTime()));
      return rows.reduce((sum, row) => sum + row.events, 0);
    };
    const usual = WEEKS.filter((week) => firstAt.getTime() < endOf(week)).map(ofHour);
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
      shownMs: percentilesOf(shown?.get(source) ?? []),
    };
  });
  return [...onlyRefused.map(neverTaken), ...heard];
}

/** A source that only sends what is refused: no rate of its own, and the first thing to look at. */
function neverTaken({ source, refused }: { readonly source: string; readonly refused: number }): SourceHealth {
  const nothing = { events: 0, lastOccurredAt: null, lastRecordedAt: null, lastHour: 0, usual: [], lagMs: null };
  return {
    source,
    ...nothing,
    shownMs: null,
    judgement: 'learning',
    day: Array.from({ length: 24 }, () => 0),
    refused,
  };
}

/** The spans of ten minutes of the hour that ended at `end`. */
function hourBefore(end: number): Date[] {
  return Array.from({ length: HOUR / TEN_MINUTES }, (_, i) => new Date(end - (i + 1) * TEN_MINUTES));
}
