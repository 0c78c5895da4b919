import type pg from 'pg';
import type { NewActivity } from '#domain/activity.ts';
import { uuidv7 } from '#domain/ids.ts';
import { canonicalHash } from '#platform/canonical.ts';
import { type AppendOutcome, appendActivities, type RunSql } from '#platform/db/append.ts';
import { createMonths } from '#platform/db/months.ts';

/** How the append call runs on a pool, or on one client inside its transaction. */
export function runOn(target: Pick<pg.Pool, 'query'>): RunSql {
  return async (sql, params) => (await target.query(sql, [...params])).rows;
}

/** Puts activities into the book as ingest does, months and all, and gives what became of each. */
export async function append(pool: pg.Pool, ...activities: readonly NewActivity[]): Promise<AppendOutcome[]> {
  await createMonths(pool).ensure(activities.map(({ occurredAt }) => occurredAt));
  return appendActivities(runOn(pool), activities);
}

/** An activity of a lead's history, with an id of its own. */
export function smsSent(workspaceId: string, values: Partial<NewActivity> = {}): NewActivity {
  return {
    id: uuidv7(Date.now()),
    workspaceId,
    door: 'lead',
    type: 'MESSAGE_SENT',
    category: 'SMS',
    occurredAt: new Date('2025-11-07T08:15:05.000Z'),
    description: 'SMS sent',
    source: 'test:append',
    ...values,
  };
}

/** The idempotency of a key and a body. */
export function keyed(key: string, body: unknown = 'body'): NonNullable<NewActivity['idempotency']> {
  return { key: `key:${key}`, bodyHash: canonicalHash(body) };
}
