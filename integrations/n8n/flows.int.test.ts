import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CALENDLY, DELIVERY, REPLIES, SCHEDULER } from './testing/names.ts';
import {
  calendlyCancelled,
  calendlyCreated,
  calendlyRescheduled,
  dueLead,
  simpleTextingDelivery,
  simpleTextingMessage,
  simpleTextingUnsubscribed,
  webhookItem,
} from './testing/payloads.ts';
import type { Played } from './testing/play.ts';
import { prepared, type Stage, startStage } from './testing/stage.ts';

/** What the workflows log, into the real bridge. */
let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());

const statuses = (played: Played) => played.given('Write to Activity Log', 0).map(({ status }) => status);

describe(SCHEDULER, () => {
  test('texts each lead that is due, and logs each text once', async () => {
    const world = stage.worldOf({ leads: [dueLead(1), dueLead(2), dueLead(3)] });
    const played = await stage.execute(SCHEDULER, world);
    expect(played.error).toBeUndefined();
    expect(world.sms).toHaveLength(3);
    expect(statuses(played)).toEqual(['stored', 'stored', 'stored']);
    const [entry] = prepared(played);
    expect(await stage.storedUnder(entry?.idempotencyKey)).toMatchObject([
      {
        type: 'MESSAGE_SENT',
        category: 'SMS',
        source: 'n8n:kajabi-scheduler',
        execution_id: stage.executionId,
        subject_key: 'airtable:recLEAD0000000001',
        description: 'SMS sent: Hey Lead1, saw your form submission. If you want h...',
        message: expect.stringMatching(/^Hey Lead1/),
        metadata: {
          campaign_id: 'chatgpt_use_cases',
          step: 1,
          template_id: 'recTEMPLATE000001',
          phone: '+14085550131',
        },
      },
    ]);
    expect(world.tables.get('Leads')?.[0]?.fields).toMatchObject({ 'SMS Status': 'Sent', 'SMS Step': 1 });
    expect(world.tables.get('SMS_Audit')).toHaveLength(3);
    expect(world.slack).toEqual([]);
  });

  test('logs a text that was not taken, and goes on with the next lead', async () => {
    const world = stage.worldOf({ leads: [dueLead(4), dueLead(5)] });
    world.down.add('simpletexting');
    const played = await stage.execute(SCHEDULER, world);
    expect(statuses(played)).toEqual(['stored', 'stored']);
    const entries = prepared(played);
    expect(new Set(entries.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2);
    expect(await stage.storedUnder(entries[1]?.idempotencyKey)).toMatchObject([
      {
        type: 'MESSAGE_FAILED',
        metadata: { error_code: 'INVALID_PHONE', error_message: 'The contact phone is not valid' },
      },
    ]);
    expect(world.tables.get('Leads')?.[1]?.fields).toMatchObject({ 'SMS Status': 'Failed' });
  });

  test('with equal content in every round, no two rounds share a key', async () => {
    const leads = Array.from({ length: 12 }, (_, i) => ({
      id: 'recSAME0000000001',
      fields: { ...dueLead(1).fields, Phone: `40855502${String(10 + i)}`, 'First Name': 'Same' },
    }));
    const world = stage.worldOf({ leads });
    world.down.add('simpletexting');
    const played = await stage.execute(SCHEDULER, world);
    expect(new Set(prepared(played).map(({ idempotencyKey }) => idempotencyKey)).size).toBe(12);
    expect(statuses(played)).toEqual(Array.from({ length: 12 }, () => 'stored'));
  });
});

describe(CALENDLY, () => {
  const lead = { id: 'recSARAH000000001', fields: { Email: 'sarah.lee@example.com' } };

  test('logs a booking, and the same webhook delivered again changes nothing', async () => {
    const world = stage.worldOf({ leads: [lead] });
    const played = await stage.execute(CALENDLY, world, webhookItem(calendlyCreated));
    expect(statuses(played)).toEqual(['stored']);
    const [entry] = prepared(played);
    expect(entry?.idempotencyKey).toBe(
      'calendly:https://api.calendly.com/scheduled_events/GBGBDCAADAEDCRZ2/invitees/AAAAAAAAAAAAAAAA:invitee.created',
    );
    expect(await stage.storedUnder(entry?.idempotencyKey)).toMatchObject([
      {
        type: 'BOOKING_CONFIRMED',
        category: 'BOOKING',
        source: 'n8n:calendly-webhook',
        subject_key: 'airtable:recSARAH000000001',
        description: 'Calendly booking confirmed: Strategy Call',
        metadata: {
          calendly_event_uri: 'https://api.calendly.com/scheduled_events/GBGBDCAADAEDCRZ2',
          scheduled_at: '2025-11-10T14:00:00.000000Z',
          invitee_name: 'Sarah Lee',
          event_type: 'Strategy Call',
        },
      },
    ]);
    expect(world.tables.get('Leads')?.[0]?.fields).toMatchObject({ Booked: true });
    const again = await stage.execute(CALENDLY, world, webhookItem(calendlyCreated));
    expect(statuses(again)).toEqual(['duplicate']);
    expect(again.given('Write to Activity Log')[0]?.activityId).toBe(
      played.given('Write to Activity Log')[0]?.activityId,
    );
    expect(world.slack).toEqual([]);
  });

  const booked = { ...lead, fields: { ...lead.fields, Booked: true, 'Booked At': '2025-11-10T14:00:00.000Z' } };

  test('logs a rescheduling once, however often it is delivered, and a cancellation with its reason', async () => {
    const world = stage.worldOf({ leads: [booked] });
    const [cancelledHalf, createdHalf] = calendlyRescheduled;
    const first = await stage.execute(CALENDLY, world, webhookItem(cancelledHalf));
    expect(first.runs.map(({ node }) => node)).toEqual(['Calendly Webhook', 'Read Booking']);
    const second = await stage.execute(CALENDLY, world, webhookItem(createdHalf));
    expect(await stage.storedUnder(prepared(second)[0]?.idempotencyKey)).toMatchObject([
      {
        type: 'BOOKING_RESCHEDULED',
        metadata: {
          scheduled_at: '2025-11-12T16:00:00.000000Z',
          previous_event_uri: 'https://api.calendly.com/scheduled_events/GBGBDCAADAEDCRZ2',
          previous_invitee_uri: expect.stringContaining('AAAAAAAAAAAAAAAA'),
        },
      },
    ]);
    // By now Airtable has the new time.
    expect(world.tables.get('Leads')?.[0]?.fields).toMatchObject({ 'Booked At': '2025-11-12T16:00:00.000000Z' });
    const again = await stage.execute(CALENDLY, world, webhookItem(createdHalf));
    expect(statuses(again)).toEqual(['duplicate']);
    expect(world.slack).toEqual([]);
    const { uri, event, scheduled_event } = createdHalf.payload;
    const payload = { ...calendlyCancelled.payload, uri, event, scheduled_event };
    const third = await stage.execute(CALENDLY, world, webhookItem({ ...calendlyCancelled, payload }));
    expect(await stage.storedUnder(prepared(third)[0]?.idempotencyKey)).toMatchObject([
      { type: 'BOOKING_CANCELLED', metadata: { reason: 'Something came up', canceler: 'invitee' } },
    ]);
    expect(world.tables.get('Leads')?.[0]?.fields).toMatchObject({ Booked: false });
  });

  test('logs that an older booking was cancelled, and keeps the later one in Airtable', async () => {
    const later = { Booked: true, 'Booked At': '2025-11-12T16:00:00.000Z' };
    const world = stage.worldOf({ leads: [{ ...lead, fields: { ...lead.fields, ...later } }] });
    const older = { ...calendlyCancelled, payload: { ...calendlyCancelled.payload, uri: 'https://c.example/i/older' } };
    const played = await stage.execute(CALENDLY, world, webhookItem(older));
    expect(statuses(played)).toEqual(['stored']);
    expect(world.tables.get('Leads')?.[0]?.fields).toMatchObject(later);
  });

  test('takes the booking back of a lead whose time Airtable does not have', async () => {
    const world = stage.worldOf({ leads: [{ ...lead, fields: { ...lead.fields, Booked: true } }] });
    await stage.execute(CALENDLY, world, webhookItem(calendlyCancelled));
    expect(world.tables.get('Leads')?.[0]?.fields).toMatchObject({ Booked: false });
  });

  test('names the lead by e-mail when Airtable does not answer', async () => {
    const world = stage.worldOf({ leads: [lead] });
    world.down.add('airtable');
    const created = { ...calendlyCreated, payload: { ...calendlyCreated.payload, uri: 'https://c.example/i/1' } };
    const played = await stage.execute(CALENDLY, world, webhookItem(created));
    expect(statuses(played)).toEqual(['stored']);
    expect(await stage.storedUnder(prepared(played)[0]?.idempotencyKey)).toMatchObject([
      { subject_key: 'email:sarah.lee@example.com' },
    ]);
  });
});

describe(REPLIES, () => {
  const lead = { id: 'recDANA0000000001', fields: { Phone: '(408) 555-0134' } };

  test('logs a reply under its lead', async () => {
    const world = stage.worldOf({ leads: [lead] });
    const played = await stage.execute(REPLIES, world, webhookItem(simpleTextingMessage('Yes, Thursday at 2pm works')));
    expect(statuses(played)).toEqual(['stored']);
    expect(await stage.storedUnder(prepared(played)[0]?.idempotencyKey)).toMatchObject([
      {
        type: 'INBOUND_REPLY',
        source: 'n8n:reply-handler',
        subject_key: 'airtable:recDANA0000000001',
        description: 'Replied: Yes, Thursday at 2pm works',
        message: 'Yes, Thursday at 2pm works',
        metadata: { simpletexting_id: '507f191e810c19729de860ea', phone: '4085550134' },
      },
    ]);
    expect(world.tables.get('Leads')?.[0]?.fields).not.toHaveProperty('SMS Stop');
  });

  test('logs STOP as an opt-out and ends the texting', async () => {
    const world = stage.worldOf({ leads: [lead] });
    const played = await stage.execute(
      REPLIES,
      world,
      webhookItem(simpleTextingMessage('Stop!', '507f191e810c19729de860eb')),
    );
    expect(await stage.storedUnder(prepared(played)[0]?.idempotencyKey)).toMatchObject([
      { type: 'OPT_OUT', description: 'Opted out by STOP', metadata: { keyword: 'STOP' } },
    ]);
    expect(world.tables.get('Leads')?.[0]?.fields).toMatchObject({ 'SMS Stop': true });
  });

  test('ends the texting of every lead that has the number, also when the bridge is away', async () => {
    const leads = [lead, { id: 'recDANA0000000002', fields: { Phone: '408.555.0134', Email: 'other@example.com' } }];
    const world = stage.worldOf({ leads, answer: () => ({ status: 500, text: '{}' }) });
    const played = await stage.execute(REPLIES, world, webhookItem(simpleTextingMessage('STOP', 'two-leads-1')));
    expect(prepared(played)).toMatchObject([{ eventType: 'OPT_OUT', leadPhone: '4085550134' }]);
    const stopped = { 'SMS Stop': true, 'SMS Status': 'Stopped' };
    expect(world.tables.get('Leads')?.map(({ fields }) => fields)).toMatchObject([stopped, stopped]);
    const other = stage.worldOf({ leads });
    await stage.execute(REPLIES, other, webhookItem(simpleTextingMessage('Please stop by on Friday', 'two-leads-2')));
    expect(other.tables.get('Leads')?.[1]?.fields).not.toHaveProperty('SMS Stop');
  });

  test('logs an unsubscription that SimpleTexting reports, of a lead that nobody knows yet', async () => {
    const played = await stage.execute(REPLIES, stage.worldOf(), webhookItem(simpleTextingUnsubscribed));
    expect(await stage.storedUnder(prepared(played)[0]?.idempotencyKey)).toMatchObject([
      { type: 'OPT_OUT', subject_key: 'phone:4085550134' },
    ]);
    const again = await stage.execute(REPLIES, stage.worldOf(), webhookItem(simpleTextingUnsubscribed));
    expect(statuses(again)).toEqual(['duplicate']);
  });
});

describe(DELIVERY, () => {
  test.each([
    ['DELIVERY_REPORT', 'MESSAGE_DELIVERED', 'SMS delivered (Verizon)'],
    ['NON_DELIVERED_REPORT', 'MESSAGE_FAILED', 'SMS not delivered, as the carrier reports (Verizon)'],
  ] as const)('logs %s as %s, once however often it is delivered', async (report, type, description) => {
    const world = stage.worldOf();
    const played = await stage.execute(DELIVERY, world, webhookItem(simpleTextingDelivery(report)));
    expect(statuses(played)).toEqual(['stored']);
    const [entry] = prepared(played);
    expect(entry).not.toHaveProperty('timestamp');
    const stored = {
      type,
      description,
      source: 'n8n:st-delivery',
      metadata: { simpletexting_id: '507f191e810c19729de80001', observed_at: entry?.observedAt },
      // SimpleTexting does not say when: it is when the report came, the first time.
      occurred_at: new Date(String(entry?.observedAt)),
    };
    expect(await stage.storedUnder(entry?.idempotencyKey)).toMatchObject([stored]);
    const again = await stage.execute(DELIVERY, world, webhookItem(simpleTextingDelivery(report)));
    expect(prepared(again)[0]?.observedAt).not.toBe(entry?.observedAt);
    expect(statuses(again)).toEqual(['duplicate']);
    expect(await stage.storedUnder(entry?.idempotencyKey)).toMatchObject([stored]);
    expect(world.slack).toEqual([]);
  });
});

describe('the older workflow, unchanged', () => {
  test('its entry is taken, and its retry is no second event', async () => {
    const $json = {
      lead_airtable_id: 'recABC123',
      message_text: 'Hey John, saw your form submission. If you want help with your first project, reply here.',
      campaign: 'chatgpt_use_cases',
      phone: '4085551234',
      template_id: 'recXYZ789',
    };
    const entry = {
      eventType: 'MESSAGE_SENT',
      eventCategory: 'SMS',
      leadAirtableId: $json.lead_airtable_id,
      description: `SMS sent: ${$json.message_text.substring(0, 50)}...`,
      messageContent: $json.message_text,
      metadata: { campaign_id: $json.campaign, phone: $json.phone, template_id: $json.template_id },
      source: 'n8n:kJMMZ10anu4NqYUL',
      executionId: '28973',
      timestamp: new Date().toISOString(),
    };
    const first = await stage.app.post('/api/internal/log-activity', entry);
    expect(first.status).toBe(201);
    const again = await stage.app.post('/api/internal/log-activity', entry);
    expect(again).toMatchObject({ status: 200, body: { activityId: first.body.activityId, status: 'duplicate' } });
  });
});
