import { describe, expect, it } from 'vitest';
import { displayType } from '#domain/catalogue/index.ts';
import { activityText, duration, lateness, readableInstants } from './activity-text.ts';

const text = (type: string, description: string, message: string | null = null, metadata = {}) =>
  activityText({ description, message, metadata }, displayType(type), 'America/New_York');

describe('activityText', () => {
  it('does not repeat a message that the description begins', () => {
    const message = 'Hey John, saw your form submission. If you want help, reply yes.';
    expect(text('MESSAGE_SENT', 'SMS sent: Hey John, saw your form submiss...', message)).toMatchObject({
      description: null,
      quote: message,
    });
    expect(text('INBOUND_REPLY', 'Lead answered', 'Yes')).toMatchObject({ description: 'Lead answered', quote: 'Yes' });
    expect(text('NOTE_ADDED', 'Note: y', 'yes, call')).toMatchObject({ description: 'Note: y' });
  });

  it('does not repeat the label, nor facts that the description mentions', () => {
    expect(text('INBOUND_REPLY', 'Reply received').description).toBeNull();
    const metadata = { campaign_name: 'Problem Mapping', enrolled_by_email: 'pat@example.com' };
    expect(text('CAMPAIGN_ENROLLED', 'Enrolled in campaign: Problem Mapping', null, metadata)).toMatchObject({
      description: 'Enrolled in campaign: Problem Mapping',
      facts: 'By: pat@example.com',
    });
    const change = { from: 'New', to: 'Booked' };
    expect(text('STATUS_CHANGED', 'Status changed from New to Booked', null, change).facts).toBe('');
    expect(text('STATUS_CHANGED', 'Moved on', null, change).facts).toBe('New → Booked');
  });

  it('writes instants of the metadata in the time zone', () => {
    const { facts } = text('BOOKING_CONFIRMED', 'Calendly booking confirmed', null, {
      scheduled_at: '2025-11-10T14:00:00Z',
      invitee_name: 'Sarah Lee',
    });
    expect(facts).toBe('Scheduled: 10 Nov 2025, 09:00 · With: Sarah Lee');
  });
});

it('leaves what is no instant as it is', () => {
  expect(readableInstants('Step: 2 · 2025-11-10', 'UTC')).toBe('Step: 2 · 2025-11-10');
  expect(readableInstants('at 2025-99-10T14:00:00Z', 'UTC')).toBe('at 2025-99-10T14:00:00Z');
});

it('calls an activity late when it was recorded more than a minute after it occurred', () => {
  const at = (recordedAt: string, tags: string[] = []) =>
    lateness({ occurredAt: '2025-11-07T08:00:00.000Z', recordedAt, tags });
  expect(at('2025-11-07T08:01:00.000Z')).toBe(0);
  expect(duration(at('2025-11-07T08:01:00.001Z'))).toBe('1 minute');
  expect(duration(at('2025-11-07T10:59:00.000Z'))).toBe('2 hours');
  expect(duration(at('2025-11-12T08:00:00.000Z'))).toBe('5 days');
  expect(at('2025-11-12T08:00:00.000Z', ['imported', 'import:1'])).toBe(0);
});
