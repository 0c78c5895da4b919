import type pg from 'pg';
import { z } from 'zod';
import type { AlertPage, AlertView, DeliveryView } from '#domain/alert.ts';
import { formatPageCursor, parsePageCursor } from '#domain/cursor.ts';
import { AppError } from '#domain/errors.ts';
import { type Principal, principalLabel } from '#domain/principal.ts';
import { storableInstant } from '#domain/text.ts';
import type { Clock } from '#platform/clock.ts';
import { ALERT_COLUMNS, toAlert, toDelivery } from './rows.ts';
import { mutedUntil } from './rules.ts';

export interface AlertList {
  readonly rows: readonly AlertView[];
  readonly nextCursor: string | null;
}

/** What the bell shows. */
export interface AlertSummary {
  /** The newest open ones first, at most ten. */
  readonly open: readonly AlertView[];
  readonly openCount: number;
  /** Open ones that came up, or became worse, since this person looked last. */
  readonly unread: number;
  /** When rules were evaluated last, anywhere; null when they never were. */
  readonly evaluatedAt: string | null;
  /** Rules are not evaluated any more: what is shown may be old. */
  readonly isStalled: boolean;
}

/** Alerts as people see them in the app. Another workspace's alert is AppError NOT_FOUND. */
export interface Inbox {
  /** Everything that is open in a workspace, the newest first; at most 500. */
  open(workspaceId: string): Promise<readonly AlertView[]>;
  list(workspaceId: string, page: AlertPage): Promise<AlertList>;
  get(workspaceId: string, id: string): Promise<AlertView>;
  /** What was sent of an alert, to whom, and what became of it. */
  deliveries(workspaceId: string, id: string): Promise<readonly DeliveryView[]>;
  summary(actor: Principal): Promise<AlertSummary>;
  /** The person has looked at what there is now. For a key it means nothing. */
  markRead(actor: Principal): Promise<void>;
  /** Somebody sees to it: no more reminders. @throws AppError CONFLICT when it is over */
  acknowledge(actor: Principal, id: string): Promise<AlertView>;
  /** Nothing is sent of this subject for so many minutes; 0 ends that. */
  mute(actor: Principal, id: string, minutes: number): Promise<AlertView>;
}

const ONE = 'WHERE a.workspace_id = $1 AND a.id = $2';
const OPEN = "FROM alert a WHERE a.workspace_id = $1 AND a.state = 'open'";
const OPEN_SQL = `SELECT ${ALERT_COLUMNS} ${OPEN} ORDER BY a.opened_at DESC, a.id DESC LIMIT $2`;
const GET_SQL = `SELECT ${ALERT_COLUMNS} FROM alert a ${ONE}`;
const LIST_SQL = `
  SELECT ${ALERT_COLUMNS} FROM alert a
  WHERE a.workspace_id = $1 AND a.state = $2 AND ($3::text IS NULL OR a.kind = $3)
    AND ($4::timestamptz IS NULL OR (a.opened_at, a.id) < ($4::timestamptz, $5::uuid))
  ORDER BY a.opened_at DESC, a.id DESC LIMIT $6`;
const DELIVERIES_SQL = `
  SELECT d.id, d.channel_id, c.name AS channel_name, d.event, d.state, d.attempts, d.next_try_at, d.last_status, d.last_error,
    d.created_at, d.finished_at
  FROM alert_delivery d JOIN alert_channel c ON c.id = d.channel_id
  WHERE d.workspace_id = $1 AND d.alert_id = $2 ORDER BY d.created_at, d.id`;
/** A muted one does not ask for attention. */
const COUNTS_SQL = `
  SELECT count(*) AS open_count, count(*) FILTER (
      WHERE greatest(a.opened_at, a.notified_at) > coalesce(r.read_at, '-infinity') AND a.acknowledged_at IS NULL
        AND coalesce(a.muted_until, '-infinity') <= $3) AS unread,
    (SELECT evaluated_at FROM alert_round) AS evaluated_at
  FROM alert a LEFT JOIN alert_read r ON r.workspace_id = a.workspace_id AND r.user_id = $2
  WHERE a.workspace_id = $1 AND a.state = 'open'`;
const countsRow = z.object({ open_count: z.number(), unread: z.number(), evaluated_at: z.date().nullable() });
const READ_SQL = `
  INSERT INTO alert_read (workspace_id, user_id, read_at) VALUES ($1, $2, $3)
  ON CONFLICT (workspace_id, user_id) DO UPDATE SET read_at = greatest(alert_read.read_at, excluded.read_at)`;
const ACKNOWLEDGE_SQL = `
  UPDATE alert a SET acknowledged_at = coalesce(a.acknowledged_at, $3), acknowledged_by = coalesce(a.acknowledged_by, $4)
  ${ONE} AND a.state = 'open' RETURNING ${ALERT_COLUMNS}`;
const MUTE_SQL = `UPDATE alert a SET muted_until = $3 ${ONE} AND a.state = 'open' RETURNING ${ALERT_COLUMNS}`;

const SHOWN = 10;
const MAX_OPEN = 500;
/** Rules are evaluated twice a minute. */
const STALLED_MS = 5 * 60_000;
const position = z.tuple([storableInstant(), z.uuid()]);

export function createInbox({ pool, clock }: { readonly pool: pg.Pool; readonly clock: Pick<Clock, 'now'> }): Inbox {
  const get = async (workspaceId: string, id: string): Promise<AlertView> => {
    const { rows } = await pool.query(GET_SQL, [workspaceId, id]);
    if (rows.length === 0) throw new AppError('NOT_FOUND', { message: 'There is no such alert in this workspace.' });
    return toAlert(rows[0]);
  };

  const change = async (sql: string, { workspaceId }: Principal, id: string, values: readonly unknown[]) => {
    const { rows } = await pool.query(sql, [workspaceId, id, ...values]);
    if (rows.length > 0) return toAlert(rows[0]);
    await get(workspaceId, id);
    throw new AppError('CONFLICT', { message: 'This alert is over.' });
  };

  return {
    open: async (workspaceId) => (await pool.query(OPEN_SQL, [workspaceId, MAX_OPEN])).rows.map(toAlert),

    async list(workspaceId, { state, kind, limit, cursor }) {
      const [openedAt, id] = cursor === undefined ? [null, null] : positionOf(cursor);
      const values = [workspaceId, state, kind ?? null, openedAt, id, limit + 1];
      const found = (await pool.query(LIST_SQL, values)).rows.map(toAlert);
      const rows = found.slice(0, limit);
      const last = rows.at(-1);
      return { rows, nextCursor: last && found.length > limit ? formatPageCursor([last.openedAt, last.id]) : null };
    },

    get,

    async deliveries(workspaceId, id) {
      await get(workspaceId, id);
      return (await pool.query(DELIVERIES_SQL, [workspaceId, id])).rows.map(toDelivery);
    },

    async summary(actor) {
      const { workspaceId } = actor;
      const now = clock.now();
      const [open, counts] = await Promise.all([
        pool.query(OPEN_SQL, [workspaceId, SHOWN]),
        pool.query(COUNTS_SQL, [workspaceId, personOf(actor), now]),
      ]);
      const { open_count, unread, evaluated_at } = countsRow.parse(counts.rows[0]);
      return {
        open: open.rows.map(toAlert),
        openCount: open_count,
        unread,
        evaluatedAt: evaluated_at?.toISOString() ?? null,
        isStalled: evaluated_at !== null && now.getTime() - evaluated_at.getTime() > STALLED_MS,
      };
    },

    async markRead(actor) {
      const person = personOf(actor);
      if (person !== null) await pool.query(READ_SQL, [actor.workspaceId, person, clock.now()]);
    },

    acknowledge: (actor, id) => change(ACKNOWLEDGE_SQL, actor, id, [clock.now(), principalLabel(actor)]),
    mute: (actor, id, minutes) => change(MUTE_SQL, actor, id, [mutedUntil(clock.now(), minutes)]),
  };
}

function personOf(actor: Principal): string | null {
  return actor.kind === 'user' ? actor.userId : null;
}

function positionOf(cursor: string): [string, string] {
  const parsed = position.safeParse(parsePageCursor(cursor));
  if (parsed.success) return parsed.data;
  throw new AppError('INVALID_INPUT', { issues: [{ path: 'cursor', message: 'must be a nextCursor of this list' }] });
}
