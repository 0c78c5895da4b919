import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createTestCrm, type TestCrm, type TestWorkspace } from '#testing/crm.ts';

vi.setConfig({ testTimeout: 60_000 });

/** A demo workspace that is removed while people work in it. */
let crm: TestCrm;
let demo: TestWorkspace;
let leadId: string;
let campaignId: string;
beforeAll(async () => {
  crm = await createTestCrm();
});
afterAll(() => crm.drop());
beforeEach(async () => {
  demo = await crm.makeWorkspace();
  await crm.database.pool.query('UPDATE workspace SET is_demo = true WHERE id = $1', [demo.id]);
  leadId = await demo.makeLead();
  campaignId = await demo.makeCampaign();
});

const REMOVE = 'SELECT remove_demo_workspace($1, $2)';
const GONE = { code: 'NOT_FOUND' };

/** Does `work` while a transaction is open, which `begin` began; commits once `count` others wait for it. */
async function beside<T>(begin: (client: pg.PoolClient) => Promise<unknown>, count: number, work: () => Promise<T>) {
  const client = await crm.database.pool.connect();
  try {
    await client.query('BEGIN');
    await begin(client);
    const done = work();
    await vi.waitFor(async () => expect(await waiting()).toBe(count), { timeout: 30_000, interval: 20 });
    await client.query('COMMIT');
    return await done;
  } finally {
    client.release(true);
  }
}

async function waiting(): Promise<number> {
  const sql = `SELECT count(*)::int AS waiting FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return (await crm.database.pool.query(sql)).rows[0].waiting;
}

test('what is changed while it goes is answered that it is gone', async () => {
  const { pm, service, id } = demo;
  const results = await beside(
    (client) => client.query(REMOVE, [id, 'test']),
    5,
    () =>
      Promise.allSettled([
        crm.crm.addNote(pm, { leadId, body: 'Too late' }),
        crm.crm.enroll(pm, { leadId, campaignId }),
        crm.crm.createCampaign(pm, { name: 'Too late', steps: 1 }),
        crm.crm.upsertLeads(service, { items: [{ email: 'late@example.com' }] }),
        crm.crm.upsertLeads(service, { items: [{ email: 'later@example.com' }, { email: 'last@example.com' }] }),
      ]),
  );
  const nothing = { status: 'rejected', reason: GONE };
  expect(results).toMatchObject([nothing, nothing, nothing, nothing, nothing]);
});

test.each([
  [
    'a note',
    async (client: pg.PoolClient) => {
      await client.query('SELECT FROM leads WHERE id = $1 FOR NO KEY UPDATE', [leadId]);
      const sql = 'INSERT INTO notes (id, lead_id, body) VALUES (gen_random_uuid(), $1, $2)';
      await client.query(sql, [leadId, 'Just in time']);
    },
  ],
  [
    'a campaign',
    async (client: pg.PoolClient) => {
      const sql = `INSERT INTO campaigns (id, workspace_id, name, key, steps)
        VALUES (gen_random_uuid(), $1, 'Just in time', 'just_in_time', 1)`;
      await client.query(sql, [demo.id]);
    },
  ],
])('%s that is on its way is waited for, and goes with it', async (_what, begin) => {
  await beside(begin, 1, () => crm.database.pool.query(REMOVE, [demo.id, 'test']));
  expect(await crm.prisma.workspace.count({ where: { id: demo.id } })).toBe(0);
  expect(await crm.prisma.lead.count({ where: { workspaceId: demo.id } })).toBe(0);
  expect(await crm.prisma.note.count({ where: { leadId } })).toBe(0);
});
