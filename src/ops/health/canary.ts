import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { Clock } from '#platform/clock.ts';
import { appendActivities } from '#platform/db/append.ts';
import type { Months } from '#platform/db/months.ts';

export interface CanaryDeps {
  /** That of ingest. */
  readonly pool: pg.Pool;
  readonly months: Months;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Brings an event into the book by the call that every event takes: partition, lane, triggers, indexes. And takes it back:
 * nobody ever sees it. Rejects when it did not get in.
 */
export async function tryAppend({ pool, months, clock }: CanaryDeps): Promise<void> {
  const occurredAt = clock.now();
  await months.ensure([occurredAt]);
  const client = await pool.connect();
  let failure: Error | undefined;
  const workspaceId = randomUUID();
  try {
    await client.query('BEGIN');
    // Of its own, so that it is seen by nobody either way: the book takes nothing of a workspace that is not there.
    await client.query('INSERT INTO workspace (id, name, slug) VALUES ($1, $2, $2)', [
      workspaceId,
      `canary-${workspaceId}`,
    ]);
    const run = async (sql: string, params: readonly unknown[]) => (await client.query(sql, [...params])).rows;
    const [outcome] = await appendActivities(run, [
      {
        id: randomUUID(),
        workspaceId,
        door: 'lead',
        type: 'CANARY',
        category: 'SYSTEM',
        occurredAt,
        description: 'Does an event get into the book?',
        source: 'historybook:canary',
      },
    ]);
    if (outcome?.outcome !== 'stored') throw new Error(`it was not stored: ${outcome?.outcome}`);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw failure;
  } finally {
    await client.query('ROLLBACK').catch((error: Error) => {
      failure ??= error;
    });
    client.release(failure);
  }
}
