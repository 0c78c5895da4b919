import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActionReceipt } from '#domain/lead-view.ts';
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

async function only(workspace: TestWorkspace, receipt: ActionReceipt) {
  const found = (await workspace.book()).filter(({ id }) => id === receipt.activityId);
  expect(found).toHaveLength(1);
  return found[0];
}

describe('enrolling', () => {
  it('writes the enrolment and the activity of the seed in one go, and moves lastActivityAt', async () => {
    const leadId = await home.makeLead({ firstName: 'Mike', lastName: 'Chen' });
    const campaignId = await home.makeCampaign('Problem Mapping');
    const wakes = test.wakes();
    const receipt = await test.crm.enroll(home.pm, { leadId, campaignId });

    expect(receipt).toMatchObject({ success: true, duplicate: false, leadId });
    expect(await only(home, receipt)).toMatchObject({
      door: 'lead',
      type: 'CAMPAIGN_ENROLLED',
      category: 'CAMPAIGN',
      subjectKey: `lead:${leadId}`,
      description: 'Enrolled in campaign: Problem Mapping',
      source: 'ui:campaign-enroll',
      createdById: home.pm.userId,
      actorType: 'USER',
      actorId: home.pm.userId,
      actorLabel: home.pm.email,
      metadata: {
        campaign_id: campaignId,
        campaign_name: 'Problem Mapping',
        campaign_key: 'problem_mapping',
        enrolled_by_user_id: home.pm.userId,
        enrolled_by_email: home.pm.email,
      },
    });
    const lead = await test.crm.leadById(home.id, leadId);
    expect(lead.lastActivityAt).toBe(receipt.timestamp);
    expect(lead.campaigns).toMatchObject([{ campaignId, state: 'active', step: 0, steps: 3 }]);
    expect(test.wakes()).toBeGreaterThan(wakes);
  });

  it('refuses a second time, an archived campaign and an archived lead, and leaves nothing behind', async () => {
    const leadId = await home.makeLead();
    const campaignId = await home.makeCampaign('Twice');
    const archived = await home.makeCampaign('Shelved');
    await test.crm.updateCampaign(home.pm, { id: archived, archived: true });
    await test.crm.enroll(home.pm, { leadId, campaignId });
    const before = (await home.book()).length;

    await expect(test.crm.enroll(home.pm, { leadId, campaignId })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'Sarah Lee is already enrolled in Twice.',
    });
    await expect(test.crm.enroll(home.pm, { leadId, campaignId: archived })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'The campaign Shelved is archived and takes no more leads.',
    });
    await test.crm.archiveLead(home.pm, { leadId });
    await expect(test.crm.enroll(home.pm, { leadId, campaignId: await home.makeCampaign('Third') })).rejects.toThrow(
      'Sarah Lee is archived. Restore the lead first.',
    );
    expect((await home.book()).length).toBe(before + 1);
    expect(await test.prisma.enrollment.count({ where: { leadId } })).toBe(1);
  });

  it('takes back a lead that was removed, as a new enrolment', async () => {
    const leadId = await home.makeLead();
    const campaignId = await home.makeCampaign('Again');
    await test.crm.enroll(home.pm, { leadId, campaignId });
    await test.crm.removeFromCampaign(home.pm, { leadId });
    await test.crm.enroll(home.pm, { leadId, campaignId });
    const lead = await test.crm.leadById(home.id, leadId);
    expect(lead.campaigns.map(({ state }) => state)).toEqual(['active', 'removed']);
  });
});

describe('removing from a campaign', () => {
  it('ends the enrolment and says so', async () => {
    const leadId = await home.makeLead();
    const campaignId = await home.makeCampaign('Leaving');
    await test.crm.enroll(home.pm, { leadId, campaignId });
    const receipt = await test.crm.removeFromCampaign(home.pm, { leadId, campaignId });
    expect(await only(home, receipt)).toMatchObject({
      type: 'CAMPAIGN_REMOVED',
      category: 'CAMPAIGN',
      source: 'ui:campaign-remove',
      metadata: { campaign_id: campaignId, campaign_name: 'Leaving', step: 0, removed_by_email: home.pm.email },
    });
    await expect(test.crm.removeFromCampaign(home.pm, { leadId, campaignId })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'Sarah Lee is not enrolled in Leaving.',
    });
    await expect(test.crm.removeFromCampaign(home.pm, { leadId })).rejects.toThrow('Sarah Lee is in no campaign.');
  });

  it('asks which campaign when there are several', async () => {
    const leadId = await home.makeLead();
    for (const name of ['East', 'West']) {
      await test.crm.enroll(home.pm, { leadId, campaignId: await home.makeCampaign(name) });
    }
    await expect(test.crm.removeFromCampaign(home.pm, { leadId })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'Sarah Lee is in several campaigns (East, West). Say which one with campaignId.',
    });
  });
});

describe('changing the status', () => {
  it('keeps from and to, in the spelling of the list', async () => {
    const leadId = await home.makeLead();
    const receipt = await test.crm.changeStatus(home.pm, { leadId, status: 'closed WON' });
    expect(await only(home, receipt)).toMatchObject({
      type: 'STATUS_CHANGED',
      category: 'MANUAL',
      description: 'Status changed from New to Closed won',
      source: 'ui:status-change',
      metadata: { from: 'New', to: 'Closed won', changed_by_email: home.pm.email },
    });
    expect((await test.crm.leadById(home.id, leadId)).status).toBe('Closed won');
    await expect(test.crm.changeStatus(home.pm, { leadId, status: 'Closed won' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'Sarah Lee has the status Closed won already.',
    });
  });

  it('takes a status that a sync brought, and no other word', async () => {
    await home.makeLead({ email: 'a@example.com', status: 'Waiting for budget' });
    const leadId = await home.makeLead();
    await test.crm.changeStatus(home.pm, { leadId, status: 'Waiting for budget' });
    expect(await test.crm.leadStatuses(home.id)).toEqual(expect.arrayContaining(['New', 'Waiting for budget']));
    expect(await test.crm.leadStatuses(other.id)).not.toContain('Waiting for budget');
    await expect(test.crm.changeStatus(home.pm, { leadId, status: 'Whatever' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: 'status' }],
    });
  });
});

describe('notes', () => {
  it('keeps the note and carries its text into the book', async () => {
    const leadId = await home.makeLead();
    const receipt = await test.crm.addNote(home.pm, { leadId, body: 'Wants the pricing sheet\nbefore Friday.' });
    expect(await only(home, receipt)).toMatchObject({
      type: 'NOTE_ADDED',
      category: 'MANUAL',
      description: 'Note added by Paula',
      message: 'Wants the pricing sheet\nbefore Friday.',
      source: 'ui:note-add',
    });
    const byService = await test.crm.addNote(home.service, { leadId, body: 'From the form: prefers e-mail.' });
    expect(await only(home, byService)).toMatchObject({
      source: 'api:note-add',
      createdById: null,
      actorType: 'INTEGRATION',
      actorLabel: 'n8n',
      metadata: { added_by_key: 'n8n' },
    });
    expect(await test.crm.notesOf(home.id, leadId)).toMatchObject([
      { body: 'From the form: prefers e-mail.', author: null },
      { id: receipt.details.note_id, author: { id: home.pm.userId, name: 'Paula' } },
    ]);
  });
});

describe('owners', () => {
  it('claims a lead nobody has, and names who has it otherwise', async () => {
    const leadId = await home.makeLead();
    const receipt = await test.crm.claimLead(home.pm, { leadId });
    expect(await only(home, receipt)).toMatchObject({
      type: 'LEAD_CLAIMED',
      category: 'MANUAL',
      description: 'Claimed by Paula',
      source: 'ui:lead-claim',
      metadata: { from: null, to: home.pm.email, claimed_by_email: home.pm.email, claimed_by_user_id: home.pm.userId },
    });
    expect(await test.crm.leadById(home.id, leadId)).toMatchObject({ owner: { id: home.pm.userId } });
    const rita = await home.makePm('Rita');
    await expect(test.crm.claimLead(rita, { leadId })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'Sarah Lee is already claimed by Paula.',
    });
  });

  it('assigns to a member and back to nobody', async () => {
    const leadId = await home.makeLead();
    const rita = await home.makePm('Rita');
    const assigned = await test.crm.assignLead(home.pm, { leadId, userId: rita.userId });
    expect(await only(home, assigned)).toMatchObject({
      type: 'LEAD_CLAIMED',
      description: 'Assigned to Rita',
      source: 'ui:lead-assign',
      metadata: { from: null, to: rita.email, assigned_by_email: home.pm.email },
    });
    await expect(test.crm.assignLead(home.pm, { leadId, userId: rita.userId })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await expect(test.crm.assignLead(home.pm, { leadId, userId: other.pm.userId })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    const released = await test.crm.assignLead(home.pm, { leadId, userId: null });
    expect(await only(home, released)).toMatchObject({ type: 'lead.released', description: 'Released by Rita' });
    expect(await test.crm.leadById(home.id, leadId)).toMatchObject({ owner: null, claimedAt: null });
    expect(await test.crm.leadOwners(home.id)).toEqual(
      expect.arrayContaining([{ id: rita.userId, name: 'Rita', email: rita.email }]),
    );
  });

  it('lets a service claim for a member only', async () => {
    const leadId = await home.makeLead();
    await expect(test.crm.claimLead(home.service, { leadId })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const receipt = await test.crm.claimLead(home.service, { leadId, email: home.pm.email.toUpperCase() });
    expect(await only(home, receipt)).toMatchObject({
      source: 'api:lead-claim',
      metadata: { claimed_by_email: home.pm.email },
    });
  });
});

describe('archiving', () => {
  it('puts a lead out of the list, keeps it readable, and brings it back', async () => {
    const leadId = await home.makeLead({ firstName: 'Quiet', lastName: 'One' });
    await test.crm.archiveLead(home.pm, { leadId });
    const list = (archived: boolean) =>
      test.crm.listLeads(home.id, { ...LIST, search: 'quiet one', archived }).then(({ total }) => total);
    expect([await list(false), await list(true)]).toEqual([0, 1]);
    expect((await test.crm.leadById(home.id, leadId)).archivedAt).not.toBeNull();
    await expect(test.crm.archiveLead(home.pm, { leadId })).rejects.toMatchObject({ code: 'CONFLICT' });
    await test.crm.restoreLead(home.pm, { leadId });
    await expect(test.crm.restoreLead(home.pm, { leadId })).rejects.toThrow('Quiet One is not archived.');
    expect([await list(false), await list(true)]).toEqual([1, 0]);
    const told = (await home.book()).filter(({ subjectKey }) => subjectKey === `lead:${leadId}`);
    expect(told.map(({ type, door }) => `${door} ${type}`)).toEqual([
      'workspace lead.archived',
      'workspace lead.restored',
    ]);
  });
});

describe('campaigns', () => {
  it('creates, lists and changes them', async () => {
    const { campaign, activityId } = await test.crm.createCampaign(home.pm, { name: 'Spring Réveil 2026', steps: 4 });
    expect(campaign).toMatchObject({ key: 'spring_reveil_2026', steps: 4, archivedAt: null, activeLeads: 0 });
    expect((await home.book()).find(({ id }) => id === activityId)).toMatchObject({
      type: 'campaign.created',
      entityType: 'campaign',
      entityId: campaign.id,
      source: 'ui:campaign-create',
    });
    await expect(test.crm.createCampaign(home.pm, { name: 'spring réveil 2026', steps: 1 })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await test.crm.enroll(home.pm, { leadId: await home.makeLead(), campaignId: campaign.id });
    const changed = await test.crm.updateCampaign(home.pm, { id: campaign.id, steps: 5, archived: true });
    expect(changed.campaign).toMatchObject({ steps: 5, activeLeads: 1 });
    expect(changed.details.changed).toEqual({ steps: { from: 4, to: 5 }, archived: { from: false, to: true } });
    await expect(test.crm.updateCampaign(home.pm, { id: campaign.id, steps: 5 })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    expect((await test.crm.listCampaigns(home.id)).at(-1)?.archivedAt).not.toBeNull();
    expect(await test.crm.listCampaigns(other.id)).toEqual([]);
  });
});

const LIST = { archived: false, sort: 'name', order: 'asc', page: 1, limit: 50 } as const;
