import type pg from 'pg';
import { AppError } from '#domain/errors.ts';
import type { Clock } from '#platform/clock.ts';

/** An import belongs to one process: an advisory lock on a connection of its own, which goes with the process. */
export async function lockRun(
  pool: pg.Pool,
  id: string,
  clock: Clock,
  patienceMs = 5_000,
): Promise<() => Promise<void>> {
  const client = await pool.connect();
  const deadline = clock.monotonicMs() + patienceMs;
  for (;;) {
    const sql = "SELECT pg_try_advisory_lock(hashtext('historybook.import'), hashtext($1)) AS held";
    const { rows } = await client.query<{ held: boolean }>(sql, [id]);
    // Destroyed, not given back: the lock goes with the connection.
    if (rows[0]?.held) return async () => client.release(true);
    // The server notices the death of a process when it is through with its last statement.
    if (clock.monotonicMs() >= deadline) {
      client.release();
      throw new AppError('CONFLICT', { message: 'Another process is at work on this import.' });
    }
    await clock.sleep(100);
  }
}
