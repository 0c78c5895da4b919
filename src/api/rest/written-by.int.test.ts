import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UserPrincipal } from '#domain/principal.ts';
import { createPrisma } from '#platform/db/prisma.ts';
import { addPerson, personOf, signIn } from '#testing/access.ts';
import { type IngestApp, startIngestApp } from '#testing/ingest-app.ts';
import { leadEvent } from '#testing/lead-door.ts';

const LOG = '/api/internal/log-activity';
const STRANGER = '0190a8c2-0000-7000-8000-000000000042';

let app: IngestApp;
let admin: UserPrincipal;
let n8n: { id: string; secret: string };

beforeAll(async () => {
  app = await startIngestApp();
  const { access } = app.services;
  const person = await addPerson(createPrisma(app.database.pool), app.workspaceId, 'ADMIN');
  admin = await personOf(access, await signIn(access, person));
  const { secret, key } = await access.keys.create(admin, { name: 'n8n', scopes: ['activity:write'] });
  n8n = { id: key.id, secret };
});
afterAll(() => app.stop());

const log = (body: unknown, path = LOG) => app.post(path, body, { 'x-api-key': n8n.secret });

async function shown(id: string): Promise<Record<string, unknown>> {
  const { body } = await app.get('/api/admin/activity-logs?limit=200');
  return body.activities.find((activity: { id: string }) => activity.id === id);
}

async function addMember(name: string): Promise<{ userId: string; email: string }> {
  const { member } = await app.services.access.members.create(admin, {
    email: `${name}@example.com`,
    name,
    role: 'PM',
  });
  await expect.poll(() => app.services.access.findMember(app.workspaceId, member.userId)).toBeDefined();
  return member;
}

describe('who wrote an activity', () => {
  test('a key names a member, by id or e-mail address: he is the actor, and the key is named beside him', async () => {
    const { userId, email } = await addMember('mara');
    for (const createdBy of [userId, email]) {
      const { status, body } = await log(leadEvent({ createdBy, source: 'ui:note-add' }));
      expect(status).toBe(201);
      expect(await shown(body.activityId)).toMatchObject({
        createdBy: userId,
        actor: { type: 'USER', id: userId, label: email },
        serviceKey: { id: n8n.id, name: 'n8n' },
        source: 'ui:note-add',
      });
    }
  });

  test.each([STRANGER, 'Sarah of the other office', 'sarah@elsewhere.example'])(
    'a key names %s, whom nobody knows: taken, kept as a label, shown as no person',
    async (createdBy) => {
      const { status, body } = await log(leadEvent({ createdBy }));
      expect(status).toBe(201);
      expect(await shown(body.activityId)).toMatchObject({
        createdBy: createdBy === STRANGER ? STRANGER : null,
        actor: { type: 'INTEGRATION', id: null, label: createdBy },
        serviceKey: { name: 'n8n' },
      });
    },
  );

  test('a member of another workspace is nobody here, and neither is one who was removed', async () => {
    const prisma = createPrisma(app.database.pool);
    const other = await prisma.workspace.create({ data: { name: 'Other', slug: 'other' } });
    const neighbour = await addPerson(prisma, other.id, 'ADMIN');
    const { userId } = await addMember('leaver');
    const { access } = app.services;
    await access.members.remove(admin, userId);
    expect(access.findMember(app.workspaceId, userId)).toBeUndefined();
    const results = await log(
      { events: [neighbour.userId, userId].map((createdBy) => leadEvent({ createdBy })) },
      `${LOG}/batch`,
    );
    for (const { activityId } of results.body.results) {
      expect(await shown(activityId)).toMatchObject({
        actor: { type: 'INTEGRATION', id: null },
        serviceKey: { name: 'n8n' },
      });
    }
  });

  test('a source that looks like a screen of ours is kept as it came, and the key tells whose it is', async () => {
    const { body } = await log(leadEvent({ source: 'ui:campaign-enroll' }));
    expect(await shown(body.activityId)).toMatchObject({
      source: 'ui:campaign-enroll',
      actor: { type: 'INTEGRATION', id: null, label: 'ui:campaign-enroll' },
      serviceKey: { id: n8n.id },
    });
  });

  test('what a person does in the CRM carries no key; what a key does there, its own', async () => {
    const { body: lead } = await app.post('/api/internal/leads', { email: 'written@example.com' });
    const byKey = await app.post(`/api/leads/${lead.leadId}/notes`, { body: 'by a key' });
    expect(await shown(byKey.body.activityId)).toMatchObject({
      serviceKey: { id: 'internal', name: 'internal-api-key' },
    });
    const byPerson = await app.services.crm.addNote(admin, { leadId: lead.leadId, body: 'by a person' });
    expect(await shown(byPerson.activityId)).toMatchObject({
      serviceKey: null,
      actor: { type: 'USER', id: admin.userId },
    });
  });

  test('an event that waited in quarantine is written by the key that sent it, and names no person that it invented', async () => {
    const { body } = await log(leadEvent({ eventType: 'CALL_MADE', eventCategory: 'SYSTEM', createdBy: STRANGER }));
    expect(body.status).toBe('quarantined');
    await app.services.types.register(app.workspaceId, { name: 'CALL_MADE', category: 'SYSTEM', label: 'Call' });
    const { activityId } = await app.services.retryQueue.replay(admin, body.quarantineId);
    expect(await shown(activityId)).toMatchObject({
      createdBy: STRANGER,
      actor: { type: 'INTEGRATION', id: null, label: STRANGER },
      serviceKey: { id: n8n.id, name: 'n8n' },
    });
  });
});
