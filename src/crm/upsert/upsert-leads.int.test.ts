import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewActivity } from '#domain/activity.ts';
import { uuidv7 } from '#domain/ids.ts';
import { appendActivities } from '#platform/db/append.ts';
import { createTestCrm, type TestCrm, type TestWorkspace } from '#testing/crm.ts';
import type { UpsertInput } from './upsert-leads.ts';

let test: TestCrm;
let home: TestWorkspace;

beforeAll(async () => {
  test = await createTestCrm();
  home = await test.makeWorkspace();
});
afterAll(() => test.drop());

let lastSeq = 0n;

/** Upserts and tells what the book says of it. */
async function upsert(items: UpsertInput['items'], more: Omit<UpsertInput, 'items'> = {}, workspace = home) {
  const results = await test.crm.upsertLeads(workspace.service, { items, ...more });
  const told = (await workspace.book()).filter(({ seq }) => seq > lastSeq);
  lastSeq = told.at(-1)?.seq ?? lastSeq;
  return { results, result: results[0], told, types: told.map(({ type }) => type) };
}

/** An event of a lead that may not be known yet. */
async function event(reference: Partial<NewActivity>, occurredAt: Date, workspace = home): Promise<void> {
  await test.database.pool.query('SELECT ensure_activity_month($1)', [occurredAt]);
  const activity: NewActivity = {
    id: uuidv7(Date.now()),
    workspaceId: workspace.id,
    door: 'lead',
    type: 'MESSAGE_SENT',
    category: 'SMS',
    occurredAt,
    description: 'SMS sent',
    source: 'n8n:test',
    ...reference,
  };
  await appendActivities(async (sql, params) => (await test.database.pool.query(sql, [...params])).rows, [activity]);
  lastSeq = (await workspace.book()).at(-1)?.seq ?? lastSeq;
}

const START = Date.now();
const minutesAgo = (minutes: number) => new Date(START - minutes * 60_000);

describe('a new lead', () => {
  it('is created with its values, and the book says only that it is known', async () => {
    const { result, told } = await upsert([
      {
        airtableRecordId: 'recNEW1',
        firstName: ' Sarah ',
        lastName: 'Lee',
        email: 'Sarah.Lee@Example.com',
        phone: '+1 (408) 555-0123',
        company: 'Alder Studio',
        title: 'Founder',
        status: 'qualified',
        score: 71,
        owner: home.pm.email,
        shoeSize: 39,
      },
    ]);
    expect(result).toMatchObject({ index: 0, status: 'created', issues: [], ignored: ['shoeSize'], duplicate: false });
    const lead = await test.crm.leadById(home.id, result?.leadId ?? '');
    expect(lead).toMatchObject({
      airtableRecordId: 'recNEW1',
      firstName: 'Sarah',
      email: 'Sarah.Lee@Example.com',
      phone: '+1 (408) 555-0123',
      status: 'Qualified',
      score: 71,
      owner: { email: home.pm.email },
      lastActivityAt: null,
    });
    expect(told).toMatchObject([
      {
        type: 'lead.identified',
        subjectKey: `lead:${lead.id}`,
        source: 'sync:airtable',
        actorLabel: 'n8n',
        description: 'New lead: Sarah Lee',
        metadata: {
          keys: ['airtable:recNEW1', 'email:sarah.lee@example.com', 'phone:4085550123'],
          earlier_activities: 0,
          created: true,
        },
      },
    ]);
  });

  it('takes over what waited under its keys: counted, joined, and as fresh as the latest of it', async () => {
    await event({ leadAirtableId: 'recLATE' }, minutesAgo(90));
    await event({ leadAirtableId: 'recLATE' }, minutesAgo(30));
    await event({ leadEmail: 'late@example.com' }, minutesAgo(60));
    await event({ leadAirtableId: 'recSOMEONE' }, minutesAgo(10));
    const { result, told } = await upsert([{ airtableRecordId: 'recLATE', email: 'late@example.com' }]);
    expect(told).toMatchObject([
      {
        type: 'lead.identified',
        description: 'New lead: late@example.com; 3 earlier activities join its history',
        metadata: { keys: ['airtable:recLATE', 'email:late@example.com'], earlier_activities: 3 },
      },
    ]);
    const lead = await test.crm.leadById(home.id, result?.leadId ?? '');
    expect(lead.lastActivityAt).toBe(minutesAgo(30).toISOString());
    const { rows } = await test.database.pool.query('SELECT count(*) FROM lead_activity_log WHERE lead_id = $1', [
      lead.id,
    ]);
    expect(rows).toEqual([{ count: 3 }]);
  });

  it('is known under what it has, even without any key that anything waited for', async () => {
    const { types } = await upsert([{ phone: '(202) 555-0101' }]);
    expect(types).toEqual(['lead.identified']);
  });
});

describe('a known lead', () => {
  it('says nothing when nothing changed, also when keys are missing', async () => {
    const full = {
      airtableRecordId: 'recSAME',
      email: 'same@example.com',
      company: 'Same Co',
      status: 'New',
      score: 5,
    };
    await upsert([full]);
    for (const item of [full, { airtableRecordId: 'recSAME' }, { email: 'same@example.com' }]) {
      const { result, types } = await upsert([item]);
      expect([result?.status, types]).toEqual(['unchanged', []]);
    }
  });

  it('tells exactly what changed', async () => {
    await upsert([{ airtableRecordId: 'recCHANGE', email: 'change@example.com', score: 40 }]);
    const { result, told } = await upsert([
      {
        airtableRecordId: 'recCHANGE',
        score: 82,
        status: 'Qualified',
        company: 'Harbor',
        title: 'COO',
        owner: home.pm.email,
      },
    ]);
    expect(result?.status).toBe('updated');
    expect(told.map(({ type, metadata }) => [type, metadata])).toEqual([
      ['ENRICHMENT_COMPLETED', { fields: ['company', 'title'] }],
      ['ICP_SCORE_UPDATED', { from: 40, to: 82 }],
      ['STATUS_CHANGED', { from: 'New', to: 'Qualified' }],
      [
        'LEAD_CLAIMED',
        { from: null, to: home.pm.email, claimed_by_email: home.pm.email, claimed_by_user_id: home.pm.userId },
      ],
    ]);
    expect(told.every(({ id }, i) => i === 0 || id > (told[i - 1]?.id ?? ''))).toBe(true);
    const lead = await test.crm.leadById(home.id, result?.leadId ?? '');
    expect(lead.lastActivityAt).toBe(told[0]?.occurredAt.toISOString());

    const other = await upsert([{ airtableRecordId: 'recCHANGE', company: 'Harbor & Sons' }]);
    expect([other.result?.status, other.types]).toEqual(['updated', []]);
    const cleared = await upsert([
      { airtableRecordId: 'recCHANGE', score: null, company: '', status: null, owner: null },
    ]);
    expect(cleared.types).toEqual(['ICP_SCORE_UPDATED', 'STATUS_CHANGED', 'lead.released']);
    const bare = await test.crm.leadById(home.id, result?.leadId ?? '');
    expect(bare).toMatchObject({ score: null, company: null, status: 'New', owner: null, title: 'COO' });
  });

  it('is found by e-mail or phone as long as it has no Airtable id, and gains that id with what waited for it', async () => {
    const { result: created } = await upsert([{ email: 'form@example.com', phone: '303-555-0111' }]);
    await event({ leadAirtableId: 'recFORM' }, minutesAgo(5));
    const { result, told } = await upsert([{ airtableRecordId: 'recFORM', email: 'form@example.com' }]);
    expect(result).toMatchObject({ status: 'updated', leadId: created?.leadId });
    expect(told).toMatchObject([
      {
        type: 'lead.identified',
        metadata: { keys: ['airtable:recFORM'], earlier_activities: 1, created: false },
      },
    ]);
    const another = await upsert([{ airtableRecordId: 'recOTHER', email: 'form@example.com' }]);
    expect(another.result?.status).toBe('created');
    expect(another.result?.leadId).not.toBe(created?.leadId);
    const ambiguous = await upsert([{ email: 'form@example.com' }]);
    expect(ambiguous.result).toMatchObject({ status: 'rejected', issues: [{ path: 'email' }] });
    const byPhone = await upsert([{ phone: '+1 303 555 0111', title: 'CEO' }]);
    expect(byPhone.result).toMatchObject({ status: 'updated', leadId: created?.leadId });
  });

  it('never gets a key that another lead has already', async () => {
    await upsert([{ airtableRecordId: 'recFIRST', email: 'shared@example.com' }]);
    const { told } = await upsert([{ airtableRecordId: 'recSECOND', email: 'shared@example.com' }]);
    expect(told).toMatchObject([{ type: 'lead.identified', metadata: { keys: ['airtable:recSECOND'] } }]);
  });

  it('stays archived', async () => {
    const { result } = await upsert([{ airtableRecordId: 'recARCHIVED' }]);
    const leadId = result?.leadId ?? '';
    await test.crm.archiveLead(home.pm, { leadId });
    await upsert([{ airtableRecordId: 'recARCHIVED', score: 3 }]);
    expect(await test.crm.leadById(home.id, leadId)).toMatchObject({ score: 3, archivedAt: expect.any(String) });
  });
});

describe('campaigns', () => {
  it('follows the campaign of the sync: enrols, steps, completes, and never twice', async () => {
    const workspace = await test.makeWorkspace();
    await workspace.makeCampaign('chatgpt use cases', 3);
    lastSeq = 0n;
    const sync = async (item: object) => (await upsert([{ airtableRecordId: 'recC', ...item }], {}, workspace)).types;
    expect(await sync({ campaign: 'chatgpt_use_cases', campaignStep: 1 })).toEqual([
      'lead.identified',
      'CAMPAIGN_ENROLLED',
    ]);
    expect(await sync({ campaign: 'ChatGPT use cases', campaignStep: 2 })).toEqual([]);
    expect(await sync({ campaignStep: 3 })).toEqual(['CAMPAIGN_COMPLETED']);
    expect(await sync({ campaign: 'chatgpt_use_cases', campaignStep: 3 })).toEqual([]);
    expect(await sync({ campaign: 'Winter nurture' })).toEqual(['campaign.created', 'CAMPAIGN_ENROLLED']);
    expect(await sync({ campaign: 'chatgpt_use_cases' })).toEqual(['CAMPAIGN_REMOVED', 'CAMPAIGN_ENROLLED']);
    expect(await sync({ campaign: null })).toEqual(['CAMPAIGN_REMOVED']);
    expect(await sync({ campaign: 'chatgpt_use_cases' })).toEqual([]);
    const created = (await test.crm.listCampaigns(workspace.id)).find(({ name }) => name === 'Winter nurture');
    expect(created).toMatchObject({ key: 'winter_nurture', steps: 0 });
  });

  it('gives the step with the book, and moves by one step only the lead it is about', async () => {
    const workspace = await test.makeWorkspace();
    await workspace.makeCampaign('Two', 2);
    const { results } = await upsert(
      [
        { airtableRecordId: 'recA', campaign: 'Two', campaignStep: 2 },
        { airtableRecordId: 'recB', campaign: 'Two', campaignStep: 1 },
      ],
      {},
      workspace,
    );
    const states = await Promise.all(results.map(({ leadId }) => test.crm.leadById(workspace.id, leadId ?? '')));
    expect(states.map(({ campaigns }) => campaigns.map(({ state, step }) => [state, step]))).toEqual([
      [['completed', 2]],
      [['active', 1]],
    ]);
  });
});

it('never touches a lead of another workspace', async () => {
  const other = await test.makeWorkspace();
  const theirs = await other.makeLead({ airtableRecordId: 'recSHARED', email: 'both@example.com' });
  const { result } = await upsert([{ airtableRecordId: 'recSHARED', email: 'both@example.com', firstName: 'Ours' }]);
  expect(result?.leadId).not.toBe(theirs);
  expect((await test.crm.leadById(other.id, theirs)).firstName).toBeNull();
  await expect(test.crm.leadById(home.id, theirs)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
