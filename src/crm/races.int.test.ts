import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NewActivity } from '#domain/activity.ts';
import { uuidv7 } from '#domain/ids.ts';
import { appendActivities, type RunSql } from '#platform/db/append.ts';
import { createPool } from '#platform/db/pool.ts';
import { createTestCrm, type TestCrm } from '#testing/crm.ts';

let test: TestCrm;
let ingest: pg.Pool;

beforeAll(async () => {
  test = await createTestCrm();
  ingest = createPool({ url: test.database.url, applicationName: 'ingest', max: 16 });
  await ingest.query('SELECT ensure_activity_month(now())');
});
afterAll(async () => {
  await ingest.end();
  await test.drop();
});

/** Batches of events about these leads, as ingest sends them, until `stop` says so; answers how many were stored. */
async function writer(workspaceId: string, leadIds: readonly string[], stop: () => boolean): Promise<number> {
  const run: RunSql = async (sql, params) => (await ingest.query(sql, [...params])).rows;
  let stored = 0;
  while (!stop()) {
    const batch = leadIds.map(
      (leadId): NewActivity => ({
        id: uuidv7(Date.now()),
        workspaceId,
        door: 'lead',
        type: 'MESSAGE_DELIVERED',
        category: 'SMS',
        occurredAt: new Date(),
        leadId,
        description: 'Delivered',
        source: 'n8n:delivery',
      }),
    );
    const outcomes = await appendActivities(
      run,
      batch.sort(() => Math.random() - 0.5),
    );
    stored += outcomes.filter(({ outcome }) => outcome === 'stored').length;
  }
  return stored;
}

async function deadlocks(): Promise<number> {
  const { rows } = await test.database.pool.query<{ deadlocks: number }>(
    'SELECT deadlocks::float8 AS deadlocks FROM pg_stat_database WHERE datname = current_database()',
  );
  return rows[0]?.deadlocks ?? 0;
}

it('lets exactly one of 20 enrolments of one lead win, without a deadlock beside 16 writers', async () => {
  const workspace = await test.makeWorkspace();
  const leadIds = await Promise.all(Array.from({ length: 8 }, () => workspace.makeLead()));
  const leadId = leadIds[0] ?? '';
  const campaignId = await workspace.makeCampaign();
  let done = false;
  const writers = Array.from({ length: 16 }, () => writer(workspace.id, leadIds, () => done));

  const attempts = Array.from({ length: 20 }, () => test.crm.enroll(workspace.pm, { leadId, campaignId }));
  const settled = await Promise.allSettled(attempts).finally(() => {
    done = true;
  });
  const stored = (await Promise.all(writers)).reduce((sum, count) => sum + count, 0);

  const refused = settled.filter((result) => result.status === 'rejected');
  expect(refused).toHaveLength(19);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'CONFLICT' });
  expect(await test.prisma.enrollment.count({ where: { leadId } })).toBe(1);
  const book = await workspace.book();
  expect(book.filter(({ type }) => type === 'CAMPAIGN_ENROLLED')).toHaveLength(1);
  expect(book).toHaveLength(stored + 1);
  expect(await deadlocks()).toBe(0);
});

it('writes every one of many different changes, beside writers and upserts of the same leads', async () => {
  const workspace = await test.makeWorkspace();
  const leads = Array.from({ length: 6 }, (_, i) => ({ email: `lead-${i}@example.com`, score: 0 }));
  const leadIds = await Promise.all(leads.map((lead) => workspace.makeLead(lead)));
  let done = false;
  const writers = Array.from({ length: 6 }, () => writer(workspace.id, leadIds, () => done));
  const upserts = Array.from({ length: 6 }, async (_, round) => {
    const items = leads.map((lead, i) => ({ ...lead, score: round * 10 + i + 1 })).sort(() => Math.random() - 0.5);
    return test.crm.upsertLeads(workspace.service, { items });
  });
  const notes = leadIds.flatMap((leadId) =>
    Array.from({ length: 5 }, (_, i) => test.crm.addNote(workspace.pm, { leadId, body: `Note ${i}` })),
  );
  const [results] = await Promise.all([Promise.all(upserts), Promise.all(notes)]).finally(() => {
    done = true;
  });
  await Promise.all(writers);

  expect(results.flat().every(({ status }) => status === 'updated')).toBe(true);
  const book = await workspace.book();
  expect(book.filter(({ type }) => type === 'NOTE_ADDED')).toHaveLength(30);
  expect(book.filter(({ type }) => type === 'ICP_SCORE_UPDATED')).toHaveLength(36);
  expect(await test.prisma.note.count({ where: { lead: { workspaceId: workspace.id } } })).toBe(30);
  expect(await deadlocks()).toBe(0);
});

it('answers one key of one action once, however many send it at once', async () => {
  const workspace = await test.makeWorkspace();
  const leadId = await workspace.makeLead();
  const claim = () => test.crm.claimLead(workspace.pm, { leadId, idempotencyKey: 'claim-1' });
  const receipts = await Promise.all(Array.from({ length: 12 }, claim));
  expect(new Set(receipts.map(({ activityId }) => activityId)).size).toBe(1);
  expect(receipts.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
  expect(await workspace.book()).toHaveLength(1);
});

it('makes one lead of one new e-mail address, however many syncs bring it at once', async () => {
  const workspace = await test.makeWorkspace();
  const items = [
    { email: 'new@example.com', firstName: 'Nora' },
    { airtableRecordId: 'recRACE', firstName: 'Ole' },
  ];
  const upsert = () => test.crm.upsertLeads(workspace.service, { items });
  const results = (await Promise.all(Array.from({ length: 8 }, upsert))).flat();
  expect(results.filter(({ status }) => status === 'created')).toHaveLength(2);
  expect(await test.prisma.lead.count({ where: { workspaceId: workspace.id } })).toBe(2);
  expect((await workspace.book()).map(({ type }) => type)).toEqual(['lead.identified', 'lead.identified']);
});
