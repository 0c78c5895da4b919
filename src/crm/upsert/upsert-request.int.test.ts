import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestCrm, type TestCrm, type TestWorkspace } from '#testing/crm.ts';
import type { UpsertInput } from './upsert-leads.ts';

let test: TestCrm;
let home: TestWorkspace;

beforeAll(async () => {
  test = await createTestCrm();
  home = await test.makeWorkspace();
});
afterAll(() => test.drop());

/** Upserts and tells which types the book has of it. */
async function upsert(items: UpsertInput['items'], more: Omit<UpsertInput, 'items'> = {}) {
  const before = (await home.book()).length;
  const results = await test.crm.upsertLeads(home.service, { items, ...more });
  const types = (await home.book()).slice(before).map(({ type }) => type);
  return { results, types };
}

describe('a request of many', () => {
  it('judges each item alone, in order', async () => {
    const { results } = await upsert([
      { airtableRecordId: 'recM1', score: 1 },
      { firstName: 'Nobody' },
      { airtableRecordId: 'recM2', email: 'not an address' },
      'text',
      { airtableRecordId: 'recM3', score: 1.5 },
      { airtableRecordId: 'recM4', owner: 'stranger@example.com' },
      { airtableRecordId: 'recM5', firstName: 'NUL\0' },
      { airtableRecordId: 'recM6', firstName: 'half \ud800' },
    ]);
    expect(results.map(({ index, status }) => [index, status])).toEqual([
      [0, 'created'],
      [1, 'rejected'],
      [2, 'rejected'],
      [3, 'rejected'],
      [4, 'rejected'],
      [5, 'created'],
      [6, 'rejected'],
      [7, 'created'],
    ]);
    expect(results.map(({ issues }) => issues[0]?.path)).toEqual([
      undefined,
      'airtableRecordId',
      'email',
      '',
      'score',
      'owner',
      'firstName',
      undefined,
    ]);
  });

  it('lets items about one lead follow each other', async () => {
    const { results, types } = await upsert([
      { airtableRecordId: 'recTWICE', email: 'twice@example.com', score: 10 },
      { airtableRecordId: 'recTWICE', score: 20 },
      { email: 'twice@example.com', score: 30 },
    ]);
    expect(results.map(({ status }) => status)).toEqual(['created', 'updated', 'updated']);
    expect(new Set(results.map(({ leadId }) => leadId)).size).toBe(1);
    expect(types[0]).toBe('lead.identified');
  });

  it('takes 1,000 and refuses more', async () => {
    const workspace = await test.makeWorkspace();
    const items = Array.from({ length: 1_000 }, (_, i) => ({ airtableRecordId: `recK${i}`, score: i }));
    const results = await test.crm.upsertLeads(workspace.service, { items });
    expect(results.every(({ status }) => status === 'created')).toBe(true);
    const again = await test.crm.upsertLeads(workspace.service, {
      items: items.map((item) => ({ ...item, score: 7 })),
    });
    expect(again.filter(({ status }) => status === 'updated')).toHaveLength(999);
    await expect(test.crm.upsertLeads(workspace.service, { items: [...items, {}] })).rejects.toMatchObject({
      code: 'TOO_LARGE',
    });
  });
});

describe('an idempotency key', () => {
  it('answers each item of the same request like the first time and changes nothing again', async () => {
    const items = [
      { airtableRecordId: 'recI1', score: 1 },
      { airtableRecordId: 'recI1', firstName: 'Silent' },
      { airtableRecordId: 'recI2' },
      { lastName: 'Keyless' },
    ];
    const first = await upsert(items, { idempotencyKey: 'sync-1' });
    await upsert([{ airtableRecordId: 'recI1', score: 99 }]);
    const again = await upsert(items, { idempotencyKey: 'sync-1' });
    expect(again.types).toEqual([]);
    expect(again.results.map(({ leadId }) => leadId)).toEqual(first.results.map(({ leadId }) => leadId));
    expect(again.results.map(({ status, duplicate }) => [status, duplicate])).toEqual([
      ['created', true],
      ['unchanged', true],
      ['created', true],
      ['rejected', false],
    ]);
    expect(await test.crm.leadById(home.id, first.results[0]?.leadId ?? '')).toMatchObject({ score: 99 });
    await expect(
      test.crm.upsertLeads(home.service, { items: [{ airtableRecordId: 'recI1' }], idempotencyKey: 'sync-1' }),
    ).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
  });
});
