import { instantOf, providerKey, timeOf, withoutEmpty } from './lib/entry.js';
import { leadReference } from './lib/lead.js';

const SENTENCES = {
  BOOKING_CONFIRMED: 'Calendly booking confirmed',
  BOOKING_RESCHEDULED: 'Calendly booking rescheduled',
  BOOKING_CANCELLED: 'Calendly booking cancelled',
};

/**
 * The entry of a booking. `$input` is what the lookup of the lead found; the booking itself was read before. All that is said
 * of it is Calendly's: a webhook that is delivered twice says the same twice. Airtable's time of the booking is that before a
 * rescheduling only once, so the event that was there before is named instead: its own entry has the time.
 */
export function run({ $, $input, $execution }) {
  const { json: booking } = $('Read Booking').first();
  const known = booking.email ? { leadEmail: booking.email } : { leadPhone: booking.phone };
  return [
    {
      json: {
        eventType: booking.event_type,
        eventCategory: 'BOOKING',
        ...leadReference($input.all(), known),
        description: [SENTENCES[booking.event_type], booking.meeting].filter(Boolean).join(': '),
        metadata: withoutEmpty({
          calendly_event_uri: booking.event_uri,
          calendly_invitee_uri: booking.invitee_uri,
          scheduled_at: instantOf(booking.scheduled_at),
          ends_at: instantOf(booking.ends_at),
          invitee_name: booking.name,
          invitee_email: booking.email,
          event_type: booking.meeting,
          time_zone: booking.time_zone,
          location: booking.location,
          reason: booking.reason,
          cancelled_by: booking.cancelled_by,
          canceler: booking.canceler,
          previous_event_uri: booking.old_event,
          previous_invitee_uri: booking.old_invitee,
          utm_campaign: booking.utm_campaign,
          utm_source: booking.utm_source,
        }),
        source: 'n8n:calendly-webhook',
        executionId: $execution.id,
        ...timeOf(booking.happened_at),
        idempotencyKey: providerKey('calendly', booking.invitee_uri, booking.kind),
      },
      pairedItem: { item: 0 },
    },
  ];
}
