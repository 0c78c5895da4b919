import type pg from 'pg';
import { AppError } from '#domain/errors.ts';
import type { Clock } from '#platform/clock.ts';

const TRY_SQL = "SELECT pg_try_advisory_lock(hashtext('historybook.import'), hashtext($1)) AS held";

export interface RunLock {
  /**
   * Does what the owner alone may do, on the connection that has the lock. Where that was lost meanwhile the lock is taken
   * anew; undefined when another process has it by now.
   */
  asOwner<T>(work: (db: pg.ClientBase) => Promise<T>): Promise<T | undefined>;
  release(): Promise<void>;
}

/**
 * An import belongs to one process: an advisory lock on a connection of its own, which goes with the process.
 * @throws AppError CONFLICT when another one has it
 */
export async function lockRun(pool: pg.Pool, id: string, clock: Clock, patienceMs = 5_000): Promise<RunLock> {
  const take = () => takeLock(pool, id, clock, patienceMs);
  let client = await take();
  if (!client) throw new AppError('CONFLICT', { message: 'Another process is at work on this import.' });
  let isOvertaken = false;
  return {
    async asOwner(work) {
      if (client && !(await isAlive(client))) {
        client.release(true);
        client = undefined;
      }
      if (!client && !isOvertaken) {
        client = await take();
        isOvertaken = client === undefined;
      }
      return client && work(client);
    },
    async release() {
      // Destroyed, not given back: the lock goes with the connection.
      client?.release(true);
      client = undefined;
    },
  };
}

async function takeLock(
  pool: pg.Pool,
  id: string,
  clock: Clock,
  patienceMs: number,
): Promise<pg.PoolClient | undefined> {
  const client = await pool.connect();
  const deadline = clock.monotonicMs() + patienceMs;
  try {
    for (;;) {
      const { rows } = await client.query<{ held: boolean }>(TRY_SQL, [id]);
      if (rows[0]?.held) return client;
      // The server notices the death of a process when it is through with its last statement.
      if (clock.monotonicMs() >= deadline) break;
      await clock.sleep(100);
    }
  } catch (error) {
    client.release(true);
    throw error;
  }
  client.release();
  return undefined;
}

async function isAlive(client: pg.PoolClient): Promise<boolean> {
  return client.query('SELECT 1').then(
    () => true,
    () => false,
  );
}
