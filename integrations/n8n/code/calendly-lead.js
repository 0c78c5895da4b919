import { leadReference } from './lib/lead.js';

const MINUTE = 60_000;

/**
 * What changes in the lead's record in Airtable: nothing when not exactly one was found. It holds one booking, by its time:
 * the one made last. When another one is cancelled, an older one, that one stands.
 */
export function run({ $, $input }) {
  const { json: booking } = $('Read Booking').first();
  const found = $input.all();
  const { leadAirtableId: id } = leadReference(found, {});
  if (id === undefined) return [];
  const isCancelled = booking.event_type === 'BOOKING_CANCELLED';
  const held = found.find(({ json }) => json.id === id).json['Booked At'];
  if (isCancelled && held && !isSameMinute(held, booking.scheduled_at)) return [];
  return [{ json: { id, booked: !isCancelled, booked_at: booking.scheduled_at }, pairedItem: { item: 0 } }];
}

/** Airtable writes the same instant with other decimals than Calendly. */
function isSameMinute(a, b) {
  return Math.floor(Date.parse(a) / MINUTE) === Math.floor(Date.parse(b) / MINUTE);
}
