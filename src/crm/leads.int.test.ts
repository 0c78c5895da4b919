import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LeadQuery, leadQuery } from '#domain/lead-query.ts';
import { createTestCrm, type TestCrm, type TestWorkspace } from '#testing/crm.ts';

let test: TestCrm;
let home: TestWorkspace;
let campaignId: string;

const LEADS = [
  { firstName: 'Sarah', lastName: 'Lee', email: 'sarah@example.com', phone: '+1 (408) 555-0123', score: 71 },
  { firstName: 'Mike', lastName: 'Chen', company: 'Alder 100%', phone: '303.555.0199', status: 'Booked', score: 12 },
  { firstName: 'sam', company: 'Leeward Ltd', status: 'Booked' },
  { email: 'nameless@example.org', score: 90 },
];

beforeAll(async () => {
  test = await createTestCrm();
  home = await test.makeWorkspace();
  const elsewhere = await test.makeWorkspace();
  await elsewhere.makeLead({ firstName: 'Sarah', lastName: 'Lee' });
  const ids = [];
  for (const lead of LEADS) ids.push(await home.makeLead(lead));
  campaignId = await home.makeCampaign();
  await test.crm.enroll(home.pm, { leadId: ids[0] ?? '', campaignId });
  await test.crm.enroll(home.pm, { leadId: ids[1] ?? '', campaignId });
  await test.crm.removeFromCampaign(home.pm, { leadId: ids[1] ?? '', campaignId });
  await test.crm.claimLead(home.pm, { leadId: ids[2] ?? '' });
});
afterAll(() => test.drop());

async function list(query: Partial<LeadQuery>) {
  const { rows, total } = await test.crm.listLeads(home.id, leadQuery.parse({ sort: 'name', order: 'asc', ...query }));
  return { names: rows.map(({ firstName, email }) => firstName ?? email), total, rows };
}

it.each([
  ['sarah lee', ['Sarah']],
  ['LEE', ['sam', 'Sarah']],
  ['sarah@example.com', ['Sarah']],
  ['408-555-0123', ['Sarah']],
  ['+1 408 5550123', ['Sarah']],
  ['5550199', ['Mike']],
  ['100%', ['Mike']],
  ['a_der', []],
  ['"sarah lee"', ['Sarah']],
  ['"sarah sam"', []],
  ['"sarah le', ['Sarah']],
  ['“sarah lee”', ['Sarah']],
  ['sarah 408-555-0123', ['Sarah']],
  ['-sarah -sam', ['Mike', 'nameless@example.org']],
  ['lee -sam', ['Sarah']],
  ['"', ['Mike', 'sam', 'Sarah', 'nameless@example.org']],
  ['-', ['Mike', 'sam', 'Sarah', 'nameless@example.org']],
  ['x'.repeat(200), []],
  ['nobody', []],
  ['', ['Mike', 'sam', 'Sarah', 'nameless@example.org']],
])('finds %j', async (search, names) => {
  expect(await list({ search })).toMatchObject({ names, total: names.length });
});

it('finds a lead by its id here and in Airtable', async () => {
  const id = await home.makeLead({ firstName: 'Quentin', airtableRecordId: 'recQuentin0001Ab' });
  expect((await list({ search: 'recQuentin0001Ab' })).names).toEqual(['Quentin']);
  expect((await list({ search: id.toUpperCase() })).names).toEqual(['Quentin']);
  // The ids of Airtable differ by the case of their letters.
  expect((await list({ search: 'recquentin0001ab' })).names).toEqual([]);
  expect((await list({ search: '-recQuentin0001Ab' })).names).not.toContain('Quentin');
  await test.crm.archiveLead(home.pm, { leadId: id });
});

it('narrows by status, campaign and owner', async () => {
  expect((await list({ status: 'Booked' })).names).toEqual(['Mike', 'sam']);
  const { names, rows } = await list({ campaignId });
  expect(names).toEqual(['Sarah']);
  expect(rows[0]?.campaigns).toMatchObject([{ campaignId, state: 'active' }]);
  expect((await list({ search: 'mike' })).rows[0]?.campaigns).toEqual([]);
  expect((await list({ ownerId: home.pm.userId })).names).toEqual(['sam']);
  expect((await list({ ownerId: 'none', status: 'Booked' })).names).toEqual(['Mike']);
});

it('sorts by each column, with nothing last', async () => {
  expect((await list({ sort: 'score', order: 'desc' })).names).toEqual([
    'nameless@example.org',
    'Sarah',
    'Mike',
    'sam',
  ]);
  expect((await list({ sort: 'name', order: 'desc' })).names).toEqual(['Sarah', 'sam', 'Mike', 'nameless@example.org']);
  expect((await list({ sort: 'lastActivityAt', order: 'desc' })).names.at(-1)).toBe('nameless@example.org');
  expect((await list({ sort: 'createdAt' })).names).toEqual(['Sarah', 'Mike', 'sam', 'nameless@example.org']);
  expect((await list({ sort: 'status' })).names.slice(0, 2).sort()).toEqual(['Mike', 'sam']);
});

it('pages with a total', async () => {
  const pages = await Promise.all([1, 2, 3].map((page) => list({ page, limit: 2 })));
  expect(pages.map(({ names, total }) => [names.length, total])).toEqual([
    [2, 4],
    [2, 4],
    [0, 4],
  ]);
  expect(pages.flatMap(({ names }) => names)).toEqual((await list({})).names);
});

it('answers the search of a large workspace from the trigram index', async () => {
  const { pool } = test.database;
  await pool.query(
    `INSERT INTO leads (id, workspace_id, first_name, last_name, email)
     SELECT gen_random_uuid(), $1, 'First' || n, 'Last' || n, 'lead' || n || '@example.com' FROM generate_series(1, 20000) n`,
    [home.id],
  );
  await pool.query('ANALYZE leads');
  const { rows } = await pool.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN SELECT l.id FROM leads l WHERE l.workspace_id = $1 AND l.archived_at IS NULL
      AND lead_search_text(l.first_name, l.last_name, l.email, l.phone_key, l.company) LIKE '%last1234%'`,
    [home.id],
  );
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('leads_search_idx');
  expect((await list({ search: 'last1234' })).total).toBe(11);
});
