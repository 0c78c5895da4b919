import { logBlock } from './log-block.ts';
import { airtableChange, airtableSearch, code, isTrue, note, THREE_TRIES, webhook } from './nodes.ts';
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

Key: the invitee's own address at Calendly and the kind, so a webhook that is delivered twice stands in the book once. A rescheduling names the event that was there before; that one's own entry has its time.`;

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
      isTrue('Lead Found?', [880, 60], '={{ $json.leadAirtableId !== undefined }}'),
      airtableChange('Update Lead', [1100, 60], {
        settings,
        table: 'AIRTABLE_LEADS',
        match: 'id',
        columns: [
          ['id', 'string', '={{ $json.leadAirtableId }}'],
          ['Booked', 'boolean', "={{ $json.eventType !== 'BOOKING_CANCELLED' }}"],
          ['Booked At', 'dateTime', '={{ $json.metadata.scheduled_at }}'],
        ],
        ...THREE_TRIES,
        onError: 'continueRegularOutput',
      }),
      note('Note', [0, -120], [620, 360], NOTE),
      ...log.nodes,
    ],
    links: [
      ['Calendly Webhook', 'Read Booking'],
      ['Read Booking', 'Find Lead'],
      ['Find Lead', 'Prepare Activity Log Entry'],
      ['Prepare Activity Log Entry', 'Lead Found?'],
      ['Lead Found?', 'Update Lead', 0],
      ...log.links,
    ],
  });
}
