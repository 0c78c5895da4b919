import { withoutEmpty } from './lib/entry.js';

/**
 * Reads a webhook of Calendly. A rescheduling comes as two: the cancelled half says `rescheduled`, the created half names
 * the old invitee. The created half is the one that is logged; the other would stand in the book as a cancellation.
 */
export function run({ $input }) {
  return $input.all().flatMap(({ json }, i) => {
    const booking = readBooking(json.body ?? json);
    return booking ? [{ json: booking, pairedItem: { item: i } }] : [];
  });
}

function readBooking({ event, created_at: createdAt, payload }) {
  const eventType = eventTypeOf(event, payload);
  if (!eventType) return undefined;
  const { scheduled_event: meeting = {}, cancellation = {}, tracking = {} } = payload;
  return withoutEmpty({
    event_type: eventType,
    kind: event,
    // Of one invitee of one event, and so different for each guest of a group event and after each rescheduling.
    invitee_uri: payload.uri,
    event_uri: meeting.uri ?? payload.event,
    happened_at: cancellation.created_at ?? createdAt ?? payload.created_at,
    email: payload.email?.trim().toLowerCase(),
    phone: payload.text_reminder_number,
    name: payload.name,
    meeting: meeting.name,
    scheduled_at: meeting.start_time,
    ends_at: meeting.end_time,
    time_zone: payload.timezone,
    location: meeting.location?.join_url ?? meeting.location?.location,
    old_invitee: payload.old_invitee,
    // An invitee's address is that of its event and what follows.
    old_event: payload.old_invitee?.split('/invitees/')[0],
    reason: cancellation.reason,
    cancelled_by: cancellation.canceled_by,
    canceler: cancellation.canceler_type,
    utm_campaign: tracking.utm_campaign,
    utm_source: tracking.utm_source,
  });
}

function eventTypeOf(event, payload) {
  if (event === 'invitee.created') return payload.old_invitee ? 'BOOKING_RESCHEDULED' : 'BOOKING_CONFIRMED';
  if (event === 'invitee.canceled') return payload.rescheduled ? undefined : 'BOOKING_CANCELLED';
  return undefined;
}
