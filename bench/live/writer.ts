import { setTimeout as sleep } from 'node:timers/promises';
import type { NewActivity } from '#domain/activity.ts';
import { uuidv7 } from '#domain/ids.ts';
import { appendActivities, type RunSql } from '#platform/db/append.ts';
import { createPool } from '#platform/db/pool.ts';
import { createWake } from '#platform/db/wake.ts';
import { silentLogger } from '#platform/log.ts';
import type { BenchDatabase } from '../harness/database.ts';

export interface WriteOptions {
  readonly database: BenchDatabase;
  /** Activities a second. */
  readonly rate: number;
  readonly seconds: number;
}

export interface Written {
  /** By position: when its commit was known, in milliseconds since 1970. */
  readonly committedAt: ReadonlyMap<number, number>;
  /** The highest position. */
  readonly last: number;
  /** The JSON of an activity as streams send it, of the usual length. */
  readonly example: string;
}

/** As in the pipeline: each flight takes what is due, the next leaves when one lands. */
const FLIGHTS = 2;

/** Puts activities into the book at a steady rate, each flight committed and then announced, as another process does. */
export async function writeSteadily({ database, rate, seconds }: WriteOptions): Promise<Written> {
  const { pool, url, workspaceId, leads } = database;
  const connection = { url, applicationName: 'historybook-bench-wake' };
  const wakePool = createPool({ ...connection, max: 1 });
  const wake = createWake({ pool: wakePool, connection, log: silentLogger });
  const run: RunSql = async (sql, params) => (await pool.query(sql, [...params])).rows;
  const committed = new Map<string, number>();
  const startedAt = performance.now();
  let taken = 0;
  const fly = async () => {
    while (taken < rate * seconds) {
      const due = Math.min(rate * seconds, Math.floor(((performance.now() - startedAt) / 1000) * rate)) - taken;
      if (due <= 0) {
        await sleep(1);
        continue;
      }
      const first = taken;
      taken += due;
      const activities = Array.from({ length: due }, (_, i) =>
        activityOf(workspaceId, leads[(first + i) % leads.length]?.id),
      );
      await appendActivities(run, activities);
      const now = performance.timeOrigin + performance.now();
      for (const { id } of activities) committed.set(id, now);
      wake.announce();
    }
  };
  await Promise.all(Array.from({ length: FLIGHTS }, fly));
  await wakePool.end();
  const { rows } = await pool.query<{ id: string; seq: number }>(POSITIONS, [[...committed.keys()]]);
  const committedAt = new Map(rows.map(({ id, seq }) => [seq, committed.get(id) ?? Number.NaN]));
  return { committedAt, last: Math.max(...committedAt.keys()), example: JSON.stringify(EXAMPLE) };
}

const POSITIONS = 'SELECT id, seq FROM activity WHERE id = ANY($1)';

const DESCRIPTION = 'SMS sent: Hi Dana, this is Jordan from the growth team. Do you have ten minutes';
const MESSAGE = `${DESCRIPTION} on Thursday to talk about your trial? Reply STOP to opt out.`;
const METADATA = {
  campaign_id: 'cmp_2025_11',
  campaign_name: 'November outreach',
  step: 2,
  template_id: 'tpl_7',
  phone: '+14085550123',
};

function activityOf(workspaceId: string, leadId: string | undefined): NewActivity {
  const now = new Date();
  return {
    id: uuidv7(now.getTime()),
    workspaceId,
    door: 'lead',
    type: 'MESSAGE_SENT',
    category: 'SMS',
    occurredAt: now,
    leadId,
    description: DESCRIPTION,
    message: MESSAGE,
    metadata: METADATA,
    source: 'n8n:kJMMZ10anu4NqYUL',
    executionId: '48213',
  };
}

const EXAMPLE = {
  ...activityOf('', undefined),
  workspaceId: undefined,
  position: 1_000_000,
  recordedAt: new Date(),
  lead: { id: uuidv7(0), firstName: 'Lead 1000', lastName: null, email: 'lead1000@example.com' },
  leadAirtableId: null,
  subjectKey: `lead:${uuidv7(0)}`,
  actor: null,
  createdBy: null,
  serviceKey: null,
  visibility: 'INTERNAL',
  severity: 'INFO',
  status: null,
};
