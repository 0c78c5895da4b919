import { logBlock } from './log-block.ts';
import { airtableChange, airtableSearch, code, note, THREE_TRIES, webhook } from './nodes.ts';
import type { Settings } from './settings.ts';
import { toWorkflow } from './workflow.ts';

const NOTE = `## UYSP-Calendly-Booked
Calendly calls this webhook for **invitee.created** and **invitee.canceled** (subscribe to both).

| Calendly says | logged as |
| --- | --- |
| created | BOOKING_CONFIRMED |
| created, with an old invitee | BOOKING_RESCHEDULED |
| canceled | BOOKING_CANCELLED |
| canceled, rescheduled | nothing: its other half is logged |

Key: the invitee's own address at Calendly and the kind, so a webhook that is delivered twice stands in the book once. A rescheduling names the event that was there before; that one's own entry has its time.

Airtable keeps the booking made last, by its time: when an older one is cancelled, that one stands.`;

/** Logs what happens to bookings, and keeps the lead's booking in Airtable. */
export function calendlyBooked(settings: Settings) {
  const log = logBlock({ settings, at: [660, 300], prepare: 'calendly-prepare' });
  return toWorkflow({
    name: 'UYSP-Calendly-Booked',
    nodes: [
      webhook('Calendly Webhook', [0, 300], 'uysp-calendly'),
      code('Read Booking', [220, 300], 'calendly-read'),
      airtableSearch('Find Lead', [440, 300], {
        settings,
        table: 'AIRTABLE_LEADS',
        formula: "=LOWER({Email}) = {{ JSON.stringify($json.email ?? 'no e-mail') }}",
        // Two are enough to know that it is not clear which one is meant.
        limit: 2,
        alwaysOutputData: true,
        retryOnFail: true,
        maxTries: 2,
        waitBetweenTries: 1000,
        onError: 'continueRegularOutput',
      }),
      code('Booking of Lead', [660, 60], 'calendly-lead'),
      airtableChange('Update Lead', [880, 60], {
        settings,
        table: 'AIRTABLE_LEADS',
        match: 'id',
        columns: [
          ['id', 'string', '={{ $json.id }}'],
          ['Booked', 'boolean', '={{ $json.booked }}'],
          ['Booked At', 'dateTime', '={{ $json.booked_at }}'],
        ],
        ...THREE_TRIES,
        onError: 'continueRegularOutput',
      }),
      note('Note', [0, -160], [620, 420], NOTE),
      ...log.nodes,
    ],
    links: [
      ['Calendly Webhook', 'Read Booking'],
      ['Read Booking', 'Find Lead'],
      ['Find Lead', 'Booking of Lead'],
      ['Find Lead', 'Prepare Activity Log Entry'],
      ['Booking of Lead', 'Update Lead'],
      ...log.links,
    ],
  });
}
