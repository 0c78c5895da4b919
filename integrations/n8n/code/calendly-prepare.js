import { instantOf, providerKey, withoutEmpty } from './lib/entry.js';
import { leadReference } from './lib/lead.js';

const SENTENCES = {
  BOOKING_CONFIRMED: 'Calendly booking confirmed',
  BOOKING_RESCHEDULED: 'Calendly booking rescheduled',
  BOOKING_CANCELLED: 'Calendly booking cancelled',
};

/** The entry of a booking. `$input` is what the lookup of the lead found; the booking itself was read before. */
export function run({ $, $input, $execution }) {
  const { json: booking } = $('Read Booking').first();
  const found = $input.all();
  const known = booking.email ? { leadEmail: booking.email } : { leadPhone: booking.phone };
  return [
    {
      json: {
        eventType: booking.event_type,
        eventCategory: 'BOOKING',
        ...leadReference(found, known),
        description: [SENTENCES[booking.event_type], booking.meeting].filter(Boolean).join(': '),
        metadata: withoutEmpty({
          calendly_event_uri: booking.event_uri,
          calendly_invitee_uri: booking.invitee_uri,
          scheduled_at: instantOf(booking.scheduled_at),
          previous_scheduled_at: previousTime(booking, found),
          ends_at: instantOf(booking.ends_at),
          invitee_name: booking.name,
          invitee_email: booking.email,
          event_type: booking.meeting,
          time_zone: booking.time_zone,
          location: booking.location,
          reason: booking.reason,
          cancelled_by: booking.cancelled_by,
          canceler: booking.canceler,
          previous_invitee_uri: booking.old_invitee,
          utm_campaign: booking.utm_campaign,
          utm_source: booking.utm_source,
        }),
        source: 'n8n:calendly-webhook',
        executionId: $execution.id,
        timestamp: instantOf(booking.happened_at) ?? new Date().toISOString(),
        idempotencyKey: providerKey('calendly', booking.invitee_uri, booking.kind),
      },
      pairedItem: { item: 0 },
    },
  ];
}

/** Calendly does not say what the time was before; the lead's record still does. */
function previousTime(booking, found) {
  if (booking.event_type !== 'BOOKING_RESCHEDULED' || found.length !== 1) return undefined;
  const before = instantOf(found[0].json['Booked At']);
  return before !== undefined && Date.parse(before) !== Date.parse(booking.scheduled_at) ? before : undefined;
}
