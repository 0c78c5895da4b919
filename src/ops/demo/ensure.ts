import type pg from 'pg';
import type { Clock } from '#platform/clock.ts';
import { inTransaction } from '#platform/db/in-transaction.ts';
import type { Months } from '#platform/db/months.ts';
import type { Signals } from '#platform/db/signal.ts';
import type { Wake } from '#platform/db/wake.ts';
import type { Logger } from '#platform/log.ts';
import { makeDemoBook } from './make-book.ts';
import { storeBook } from './store-book.ts';

export interface EnsureDemoDeps {
  readonly pool: pg.Pool;
  readonly months: Months;
  readonly wake: Wake;
  /** Tells every process of the new workspaces: they keep those they know in memory. */
  readonly signals: Pick<Signals, 'publish' | 'deliver'>;
  readonly clock: Clock;
  readonly log: Logger;
}

const SEED = 'historybook demo 1';

/** Only where nobody has begun: no demo, none removed before, no lead of anybody's own. */
const IS_WANTED = `
  SELECT NOT EXISTS (SELECT FROM workspace WHERE is_demo)
     AND NOT EXISTS (SELECT FROM erasure_record WHERE kind = 'demo')
     AND NOT EXISTS (SELECT FROM leads) AS wanted`;
/** Who comes second waits so long for the first, who may have a slow machine; then the start goes on without. */
const PATIENCE_MS = 5 * 60_000;
const PATIENTLY = `SET LOCAL lock_timeout = ${PATIENCE_MS}; SET LOCAL statement_timeout = ${PATIENCE_MS}`;
/** For each statement that stores the book: below what the driver waits for one. */
const AT_WORK = "SET LOCAL lock_timeout = '2min'; SET LOCAL statement_timeout = '2min'";
/** 'HIST', 'DEMO': several processes may start at once. The driver, which gives up a silent server sooner, is to wait too. */
const ONE_AT_A_TIME = {
  text: `SELECT pg_advisory_xact_lock(x'48495354'::int, x'44454d4f'::int)`,
  query_timeout: PATIENCE_MS + 10_000,
};

/**
 * Fills an empty database with the demo workspaces, whole or not at all. Answers whether it did. Takes seconds, in which
 * nobody else can write to the book: to be called before the server takes requests.
 */
export async function ensureDemo(deps: EnsureDemoDeps): Promise<boolean> {
  const { pool, months, wake, signals, clock, log } = deps;
  const { rows } = await pool.query<{ wanted: boolean }>(IS_WANTED);
  if (!rows[0]?.wanted) return false;

  const startedAt = clock.monotonicMs();
  const book = makeDemoBook(SEED, clock.now().getTime());
  // Outside the transaction: it would keep the whole table locked until its end.
  await months.ensure([...book.early, ...book.activities].map(({ occurredAt }) => occurredAt));
  const made = book.workspaces.map(({ id }) => ({ kind: 'workspace', id, workspaceId: id }) as const);
  const isDone = await inTransaction(pool, async (client) => {
    await client.query(PATIENTLY);
    await client.query(ONE_AT_A_TIME);
    await client.query(AT_WORK);
    const again = await client.query<{ wanted: boolean }>(IS_WANTED);
    if (!again.rows[0]?.wanted) return false;
    await storeBook(client, book);
    await signals.publish(async (sql, values) => (await client.query(sql, [...values])).rows, made);
    return true;
  });
  if (!isDone) return false;
  signals.deliver(made);
  wake.announce();
  // The planner knows nothing of a table that was just filled, and autovacuum never looks at the parent.
  await pool.query('ANALYZE activity, leads, lead_identity, enrollments');
  const activities = book.early.length + book.activities.length;
  const ms = Math.round(clock.monotonicMs() - startedAt);
  log.info({ leads: book.leads.length, activities, ms }, 'demo workspaces made');
  return true;
}
