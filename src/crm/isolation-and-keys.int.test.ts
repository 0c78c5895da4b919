import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActionReceipt } from '#domain/lead-view.ts';
import type { Principal } from '#domain/principal.ts';
import { createTestCrm, type TestCrm, type TestWorkspace } from '#testing/crm.ts';

let test: TestCrm;
let home: TestWorkspace;
let other: TestWorkspace;

beforeAll(async () => {
  test = await createTestCrm();
  home = await test.makeWorkspace();
  other = await test.makeWorkspace();
});
afterAll(() => test.drop());

type Act = (principal: Principal, leadId: string, campaignId: string, key?: string) => Promise<ActionReceipt>;

/** Every action, as it is first done to a fresh lead. */
const ACTIONS: Readonly<Record<string, Act>> = {
  enroll: (principal, leadId, campaignId, idempotencyKey) =>
    test.crm.enroll(principal, { leadId, campaignId, idempotencyKey }),
  'change status': (principal, leadId, _, idempotencyKey) =>
    test.crm.changeStatus(principal, { leadId, status: 'Contacted', idempotencyKey }),
  'add note': (principal, leadId, _, idempotencyKey) =>
    test.crm.addNote(principal, { leadId, body: 'Called, no answer.', idempotencyKey }),
  claim: (principal, leadId, _, idempotencyKey) => test.crm.claimLead(principal, { leadId, idempotencyKey }),
  archive: (principal, leadId, _, idempotencyKey) => test.crm.archiveLead(principal, { leadId, idempotencyKey }),
};

describe.each(Object.entries(ACTIONS))('%s', (name, act) => {
  it('answers another workspace with NOT_FOUND and changes nothing there', async () => {
    const leadId = await home.makeLead();
    const campaignId = await home.makeCampaign(`Isolation ${name}`);
    const before = await home.book();
    await expect(act(other.pm, leadId, campaignId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await home.book()).toEqual(before);
    expect(await other.book()).toEqual([]);
  });

  it('answers the same key the same way, and acts once', async () => {
    const leadId = await home.makeLead();
    const campaignId = await home.makeCampaign(`Key ${name}`);
    const key = `key-${name}`;
    const first = await act(home.pm, leadId, campaignId, key);
    const again = await act(home.pm, leadId, campaignId, key);
    expect(again).toEqual({ ...first, duplicate: true });
    const elsewhere = await home.makeLead();
    await expect(act(home.pm, elsewhere, campaignId, key)).rejects.toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    const told = (await home.book()).filter(({ subjectKey }) => subjectKey === `lead:${leadId}`);
    expect(told).toHaveLength(1);
    expect((await test.crm.leadById(home.id, elsewhere)).updatedAt).toBeDefined();
    expect((await home.book()).some(({ subjectKey }) => subjectKey === `lead:${elsewhere}`)).toBe(false);
  });
});

it('refuses a campaign of another workspace', async () => {
  const campaignId = await other.makeCampaign('Theirs');
  const leadId = await home.makeLead();
  await expect(test.crm.enroll(home.pm, { leadId, campaignId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(test.crm.updateCampaign(home.pm, { id: campaignId, steps: 9 })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

it('creates one campaign for one key, however many ask at once', async () => {
  const create = () => test.crm.createCampaign(home.pm, { name: 'Raced', steps: 2, idempotencyKey: 'raced' });
  const receipts = await Promise.all(Array.from({ length: 8 }, create));
  expect(new Set(receipts.map(({ activityId }) => activityId)).size).toBe(1);
  expect(receipts.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
});
