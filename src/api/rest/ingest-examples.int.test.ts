import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uuidv7 } from '#domain/ids.ts';
import { createPrisma } from '#platform/db/prisma.ts';
import { addPerson } from '#testing/access.ts';
import { type IngestApp, startIngestApp } from '#testing/ingest-app.ts';

const LOG = '/api/internal/log-activity';

let app: IngestApp;
beforeAll(async () => {
  app = await startIngestApp();
});
afterAll(() => app.stop());

async function makeLead(lead: Record<string, unknown>): Promise<string> {
  const { body } = await app.post('/api/internal/leads', lead);
  return body.leadId;
}

async function rowOf(id: string): Promise<Record<string, unknown>> {
  const { rows } = await app.database.pool.query('SELECT * FROM lead_activity_log WHERE id = $1', [id]);
  expect(rows).toHaveLength(1);
  return rows[0];
}

describe('what the older system sends', () => {
  test('the body of its workflow is stored and reads back complete', async () => {
    const text = 'Hey John, saw your form submission. If you want help mapping your workflow, here is a link';
    const sent = {
      eventType: 'MESSAGE_SENT',
      eventCategory: 'SMS',
      leadAirtableId: 'recABC123',
      description: `SMS sent: ${text.substring(0, 50)}...`,
      messageContent: text,
      metadata: { campaign_id: 'chatgpt_use_cases', phone: '4085551234', template_id: 'recXYZ789' },
      source: 'n8n:kJMMZ10anu4NqYUL',
      executionId: '28973',
      timestamp: new Date().toISOString(),
    };
    await readsBack(sent, { lead: null });
  });

  test('its three example records are stored and read back complete', async () => {
    const leadId = await makeLead({ airtableRecordId: 'recSARAH', firstName: 'Sarah', lastName: 'Lee' });
    const prisma = createPrisma(app.database.pool);
    const { userId } = await addPerson(prisma, app.workspaceId, 'ADMIN');
    await readsBack(
      {
        eventType: 'MESSAGE_SENT',
        eventCategory: 'SMS',
        leadAirtableId: 'recABC123',
        description: 'SMS sent: Hey John, saw your form submission...',
        messageContent: 'Hey John, saw your form submission. If you want help...',
        metadata: {
          campaign_id: 'chatgpt_use_cases',
          phone: '4085551234',
          template_id: 'recXYZ789',
          simpletexting_id: '12345',
        },
        source: 'n8n:kJMMZ10anu4NqYUL',
        executionId: '28973',
        timestamp: '2025-11-07T08:15:05Z',
      },
      { lead: null },
    );
    await readsBack(
      {
        eventType: 'CAMPAIGN_ENROLLED',
        eventCategory: 'CAMPAIGN',
        leadId,
        description: 'Enrolled in campaign: Problem Mapping Template',
        metadata: {
          campaign_id: uuidv7(1),
          campaign_name: 'Problem Mapping Template',
          enrolled_by_user_id: userId,
          enrolled_by_email: 'admin@rebel.com',
        },
        source: 'ui:campaign-enroll',
        createdBy: userId,
        timestamp: '2025-11-07T14:30:00Z',
      },
      { lead: { id: leadId, firstName: 'Sarah', lastName: 'Lee', email: null } },
    );
    await readsBack(
      {
        eventType: 'BOOKING_CONFIRMED',
        eventCategory: 'BOOKING',
        leadId,
        description: 'Calendly booking confirmed',
        metadata: {
          calendly_event_uri: 'evt_abc123',
          scheduled_at: '2025-11-10T14:00:00Z',
          invitee_name: 'Sarah Lee',
          event_type: 'Strategy Call',
        },
        source: 'n8n:LiVE3BlxsFkHhG83',
        executionId: '29045',
        timestamp: '2025-11-07T15:22:10Z',
      },
      { lead: { id: leadId, firstName: 'Sarah', lastName: 'Lee', email: null } },
    );
  });
});

interface Sent {
  readonly eventType: string;
  readonly eventCategory: string;
  readonly leadId?: string;
  readonly leadAirtableId?: string;
  readonly description: string;
  readonly messageContent?: string;
  readonly metadata: object;
  readonly source: string;
  readonly executionId?: string;
  readonly createdBy?: string;
  readonly timestamp: string;
}

async function readsBack(
  sent: Sent,
  { lead }: { lead: { id: string; firstName: string; lastName: string; email: null } | null },
): Promise<void> {
  const { status, body } = await app.post(LOG, sent);
  expect(status).toBe(201);
  const { body: page } = await app.get(`/api/admin/activity-logs?eventType=${sent.eventType}&limit=200`);
  const shown = page.activities.find(({ id }: { id: string }) => id === body.activityId);
  expect(shown).toMatchObject({
    timestamp: new Date(sent.timestamp).toISOString(),
    eventType: sent.eventType,
    category: sent.eventCategory,
    description: sent.description,
    messageContent: sent.messageContent ?? null,
    metadata: sent.metadata,
    source: sent.source,
    executionId: sent.executionId ?? null,
    createdBy: sent.createdBy ?? null,
    leadAirtableId: sent.leadAirtableId ?? null,
    lead,
  });
  expect(await rowOf(body.activityId)).toMatchObject({
    event_type: sent.eventType,
    event_category: sent.eventCategory,
    lead_id: lead?.id ?? null,
    lead_airtable_id: sent.leadAirtableId ?? null,
    client_id: app.workspaceId,
    description: sent.description,
    message_content: sent.messageContent ?? null,
    metadata: sent.metadata,
    source: sent.source,
    execution_id: sent.executionId ?? null,
    created_by: sent.createdBy ?? null,
    timestamp: new Date(sent.timestamp),
  });
}
