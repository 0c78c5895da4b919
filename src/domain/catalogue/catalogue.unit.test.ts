import { describe, expect, test } from 'vitest';
import { BUILT_IN_TYPES, builtInType, CATEGORIES, displayType, ICONS, LEAD_TYPES } from './index.ts';

/** The event types of the older system, by category, as its standard lists them. */
const PUBLISHED = {
  SMS: ['MESSAGE_SENT', 'MESSAGE_FAILED', 'MESSAGE_DELIVERED', 'INBOUND_REPLY', 'LINK_CLICKED', 'OPT_OUT'],
  CAMPAIGN: ['CAMPAIGN_ENROLLED', 'CAMPAIGN_REMOVED', 'CAMPAIGN_COMPLETED'],
  BOOKING: ['BOOKING_CONFIRMED', 'BOOKING_CANCELLED', 'BOOKING_RESCHEDULED'],
  MANUAL: ['STATUS_CHANGED', 'NOTE_ADDED', 'LEAD_CLAIMED'],
  CONVERSATION: [
    'AI_RESPONSE_SENT',
    'QUALIFYING_QUESTION_ASKED',
    'QUALIFYING_ANSWER_CAPTURED',
    'NURTURE_SCHEDULED',
    'CIRCUIT_BREAKER_TRIGGERED',
    'CONVERSATION_ESCALATED',
  ],
  SYSTEM: ['ENRICHMENT_COMPLETED', 'ICP_SCORE_UPDATED'],
};

test('a lead has exactly the 23 published types, each in its category', () => {
  const byCategory = Object.fromEntries(
    CATEGORIES.map((category) => [
      category,
      LEAD_TYPES.filter((type) => type.category === category).map(({ name }) => name),
    ]),
  );
  expect(byCategory).toEqual(PUBLISHED);
  expect(LEAD_TYPES).toHaveLength(23);
  expect(LEAD_TYPES.every(({ door, custom }) => door === 'lead' && !custom)).toBe(true);
});

test('every built-in type is found by its one name and can be shown', () => {
  expect(new Set(BUILT_IN_TYPES.map(({ name }) => name)).size).toBe(BUILT_IN_TYPES.length);
  for (const type of BUILT_IN_TYPES) {
    expect(builtInType(type.name)).toBe(type);
    expect(type.label).not.toBe('');
    expect(type.colour).not.toBe('');
    expect(ICONS).toContain(type.icon);
    expect(type.line({ description: 'd', message: null, metadata: null })).toBe('');
  }
});

test('a type that is not known any more is shown by its name', () => {
  expect(displayType('webinar.joined')).toMatchObject({ label: 'Webinar joined', custom: true });
});

describe('metadata', () => {
  const fits = (name: string, metadata: unknown) => builtInType(name)?.metadata.safeParse(metadata).success;

  test('of the three published examples fit', () => {
    const sms = {
      campaign_id: 'chatgpt_use_cases',
      phone: '4085551234',
      template_id: 'recXYZ789',
      simpletexting_id: '12345',
    };
    const enrolled = {
      campaign_id: 'uuid-456',
      campaign_name: 'Problem Mapping Template',
      enrolled_by_user_id: 'uuid-789',
      enrolled_by_email: 'admin@rebel.com',
    };
    const booking = {
      calendly_event_uri: 'evt_abc123',
      scheduled_at: '2025-11-10T14:00:00Z',
      invitee_name: 'Sarah Lee',
      event_type: 'Strategy Call',
    };
    expect(fits('MESSAGE_SENT', sms)).toBe(true);
    expect(fits('CAMPAIGN_ENROLLED', enrolled)).toBe(true);
    expect(fits('BOOKING_CONFIRMED', booking)).toBe(true);
  });

  test('may lack everything, hold null for it, and hold more', () => {
    for (const { name } of LEAD_TYPES) {
      expect(fits(name, {})).toBe(true);
      expect(fits(name, { campaign_id: null, phone: null, scheduled_at: null, from: null, fields: null })).toBe(true);
      expect(fits(name, { anything: { at: ['all'] } })).toBe(true);
    }
  });

  test('are of the right type where analysis counts on it', () => {
    expect(fits('MESSAGE_SENT', { campaign_id: 7 })).toBe(true);
    expect(fits('MESSAGE_SENT', { campaign_id: {} })).toBe(false);
    expect(fits('MESSAGE_SENT', { step: 1.5 })).toBe(false);
    expect(fits('BOOKING_CONFIRMED', { scheduled_at: 'soon' })).toBe(false);
    expect(fits('ENRICHMENT_COMPLETED', { fields: 'company' })).toBe(false);
    expect(fits('ICP_SCORE_UPDATED', { from: 10, to: 90 })).toBe(true);
    expect(fits('ICP_SCORE_UPDATED', { to: [90] })).toBe(false);
  });
});

describe('the line that adds to a description', () => {
  const line = (name: string, metadata: Record<string, unknown>) =>
    builtInType(name)?.line({ description: 'd', message: null, metadata });

  test('tells what the metadata know, in words', () => {
    const sms = { campaign_id: 'c', campaign_name: 'Spring', step: 2, phone: '4085551234' };
    expect(line('MESSAGE_SENT', sms)).toBe('Campaign: Spring · Step: 2 · Phone: 4085551234');
    expect(line('MESSAGE_FAILED', { error_code: 30007 })).toBe('Error: 30007');
    expect(line('STATUS_CHANGED', { to: 'Booked' })).toBe('none → Booked');
    expect(line('ICP_SCORE_UPDATED', { from: 10, to: 90 })).toBe('10 → 90');
    expect(line('ENRICHMENT_COMPLETED', { fields: ['company', 'title'] })).toBe('Filled: company, title');
  });

  test('takes whatever is in them', () => {
    for (const { name } of LEAD_TYPES) {
      for (const odd of [null, '', {}, [], 0, false, 'x']) {
        const metadata = { campaign_name: odd, from: odd, to: odd, fields: odd, scheduled_at: odd, url: odd };
        expect(line(name, metadata)).toBeTypeOf('string');
      }
    }
  });
});
