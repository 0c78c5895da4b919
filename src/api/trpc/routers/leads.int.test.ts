import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Principal } from '#domain/principal.ts';
import { silentLogger } from '#platform/log.ts';
import { createTestCrm, type TestCrm, type TestWorkspace } from '#testing/crm.ts';
import { observed } from '#testing/observed.ts';
import { createCallerFactory, router } from '../init.ts';
import { campaignsRouter } from './campaigns.ts';
import { leadsRouter } from './leads.ts';

const createCaller = createCallerFactory(router({ leads: leadsRouter, campaigns: campaignsRouter }));

let test: TestCrm;
let home: TestWorkspace;

beforeAll(async () => {
  test = await createTestCrm();
  home = await test.makeWorkspace();
});
afterAll(() => test.drop());

function callerOf(principal: Principal | null) {
  return createCaller({
    // @ts-expect-error: these procedures need these services alone
    services: { ...observed, crm: test.crm, log: silentLogger },
    principal,
    requestId: 'request-1',
    headers: new Headers(),
    resHeaders: new Headers(),
  });
}

it('lets a PM work on leads, each action with its activity', async () => {
  const pm = callerOf(home.pm);
  const { campaign } = await pm.campaigns.create({ name: 'Autumn', steps: 2 });
  const leadId = await home.makeLead({ firstName: 'Mia', email: 'mia@example.com' });
  await pm.leads.enroll({ leadId, campaignId: campaign.id });
  await pm.leads.setStatus({ leadId, status: 'Contacted' });
  await pm.leads.addNote({ leadId, body: ' Called. ' });
  await pm.leads.claim({ leadId });
  await pm.leads.assign({ leadId, userId: null });
  await pm.leads.removeFromCampaign({ leadId });
  await pm.leads.archive({ leadId });
  await pm.leads.restore({ leadId });
  await pm.campaigns.update({ id: campaign.id, archived: true });
  expect((await home.book()).map(({ type }) => type)).toEqual([
    'campaign.created',
    'CAMPAIGN_ENROLLED',
    'STATUS_CHANGED',
    'NOTE_ADDED',
    'LEAD_CLAIMED',
    'lead.released',
    'CAMPAIGN_REMOVED',
    'lead.archived',
    'lead.restored',
    'campaign.updated',
  ]);
  expect(await pm.leads.byId({ id: leadId })).toMatchObject({ status: 'Contacted', owner: null, archivedAt: null });
  expect(await pm.leads.notes({ leadId })).toMatchObject([{ body: 'Called.', author: { name: 'Paula' } }]);
  expect(await pm.leads.list({ search: 'mia' })).toMatchObject({ total: 1, rows: [{ id: leadId }] });
  expect(await pm.leads.owners()).toMatchObject([{ id: home.pm.userId }]);
  expect(await pm.leads.statuses()).toContain('Closed won');
  expect(await pm.campaigns.list()).toMatchObject([{ id: campaign.id, activeLeads: 0 }]);
});

it('answers conflicts, foreign leads and bad input with their codes', async () => {
  const leadId = await home.makeLead();
  const stranger = callerOf((await test.makeWorkspace()).pm);
  await expect(stranger.leads.byId({ id: leadId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(stranger.leads.claim({ leadId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const pm = callerOf(home.pm);
  await expect(pm.leads.restore({ leadId })).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(pm.leads.addNote({ leadId, body: '  ' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  await expect(pm.leads.list({ limit: 0 })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  const first = await pm.leads.setStatus({ leadId, status: 'Booked', idempotencyKey: 'once' });
  expect(await pm.leads.setStatus({ leadId, status: 'Booked', idempotencyKey: 'once' })).toEqual({
    ...first,
    duplicate: true,
  });
});

it('is closed to clients and to those who only read', async () => {
  const leadId = await home.makeLead();
  const client = callerOf({ ...home.pm, role: 'CLIENT' });
  await expect(client.leads.list({})).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(client.campaigns.list()).rejects.toMatchObject({ code: 'FORBIDDEN' });
  const reader = callerOf({ ...home.service, scopes: ['leads:read'] });
  expect(await reader.leads.byId({ id: leadId })).toMatchObject({ id: leadId });
  await expect(reader.leads.archive({ leadId })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(callerOf(null).leads.list({})).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
});
