import { logBlock } from './log-block.ts';
import {
  airtableChange,
  airtableCreate,
  airtableSearch,
  code,
  loopOver,
  note,
  post,
  schedule,
  THREE_TRIES,
  webhook,
} from './nodes.ts';
import { CREDENTIALS, type Settings, setting } from './settings.ts';
import { toWorkflow } from './workflow.ts';

const NOTE = `## UYSP-Kajabi-SMS-Scheduler
**A form is submitted at Kajabi** → the lead is created or updated in Airtable and is due for its first text.

**Every 15 minutes in working hours** → the leads that are due are claimed (*SMS Status* = Sending, so that an overlapping run does not text them again), and each gets its text through SimpleTexting.

Logged: **MESSAGE_SENT** with SimpleTexting's message id, or **MESSAGE_FAILED** with its reason.

*Write SMS_Audit* belongs to the time of double writing: remove it at the cutover.`;

/** Texts the leads that are due, one after the other, and logs each text. */
export function kajabiScheduler(settings: Settings) {
  const log = logBlock({ settings, at: [1320, 400], prepare: 'kajabi-prepare', next: 'Loop Over Messages' });
  const message = "$('Compose Messages').item.json";
  return toWorkflow({
    name: 'UYSP-Kajabi-SMS-Scheduler',
    timezone: 'America/New_York',
    nodes: [
      webhook('Kajabi Form', [0, 100], 'uysp-kajabi-form'),
      code('Read Kajabi Form', [220, 100], 'kajabi-read-form'),
      airtableChange('Upsert Lead', [440, 100], {
        settings,
        table: 'AIRTABLE_LEADS',
        match: 'Email',
        columns: [
          ['Email', 'string', '={{ $json.email }}'],
          ['First Name', 'string', '={{ $json.first_name }}'],
          ['Last Name', 'string', '={{ $json.last_name }}'],
          ['Phone', 'string', '={{ $json.phone }}'],
          ['Campaign', 'string', '={{ $json.campaign }}'],
          ['SMS Status', 'string', 'Due'],
          ['SMS Next At', 'dateTime', '={{ $now.toISO() }}'],
        ],
        ...THREE_TRIES,
      }),
      schedule('Every 15 Minutes', [0, 400], '*/15 9-17 * * 1-5'),
      airtableSearch('Find Due Leads', [220, 400], {
        settings,
        table: 'AIRTABLE_LEADS',
        formula:
          "AND({SMS Status} = 'Due', {Phone}, {SMS Text}, NOT({SMS Stop}), NOT({Booked}), IS_BEFORE({SMS Next At}, NOW()))",
        limit: 100,
        oldestFirst: 'SMS Next At',
      }),
      code('Compose Messages', [440, 400], 'kajabi-compose'),
      airtableChange('Claim Leads', [660, 400], {
        settings,
        table: 'AIRTABLE_LEADS',
        match: 'id',
        columns: [
          ['id', 'string', '={{ $json.lead_airtable_id }}'],
          ['SMS Status', 'string', 'Sending'],
        ],
        ...THREE_TRIES,
      }),
      loopOver('Loop Over Messages', [880, 400]),
      post('Send SMS', [1100, 400], {
        url: `=${setting(settings, 'SIMPLETEXTING_URL')}/api/messages`,
        body: `={{ { contactPhone: ${message}.phone, mode: 'AUTO', text: ${message}.message_text } }}`,
        credentials: CREDENTIALS.simpleTexting,
        // Never tried again by itself: a text whose answer was lost may have been sent.
        onError: 'continueErrorOutput',
      }),
      airtableChange('Mark Lead', [1540, 80], {
        settings,
        table: 'AIRTABLE_LEADS',
        match: 'id',
        columns: [
          ['id', 'string', '={{ $json.leadAirtableId }}'],
          ['SMS Status', 'string', "={{ $json.eventType === 'MESSAGE_SENT' ? 'Sent' : 'Failed' }}"],
          ['SMS Step', 'number', '={{ $json.metadata.step }}'],
          ['SMS Last Sent At', 'dateTime', '={{ $json.timestamp }}'],
        ],
        ...THREE_TRIES,
        onError: 'continueRegularOutput',
      }),
      airtableCreate('Write SMS_Audit', [1540, 240], {
        settings,
        table: 'AIRTABLE_SMS_AUDIT',
        columns: [
          ['Event', 'string', "={{ $json.eventType === 'MESSAGE_SENT' ? 'Sent' : 'Failed' }}"],
          ['Lead Record ID', 'string', '={{ $json.leadAirtableId }}'],
          ['Phone', 'string', '={{ $json.metadata.phone }}'],
          ['Campaign ID', 'string', '={{ $json.metadata.campaign_id }}'],
          ['Text', 'string', '={{ $json.messageContent }}'],
          ['Sent At', 'dateTime', '={{ $json.timestamp }}'],
          ['Execution ID', 'string', '={{ $json.executionId }}'],
        ],
        onError: 'continueRegularOutput',
      }),
      note('Note', [0, -260], [860, 320], NOTE),
      ...log.nodes,
    ],
    links: [
      ['Kajabi Form', 'Read Kajabi Form'],
      ['Read Kajabi Form', 'Upsert Lead'],
      ['Every 15 Minutes', 'Find Due Leads'],
      ['Find Due Leads', 'Compose Messages'],
      ['Compose Messages', 'Claim Leads'],
      ['Claim Leads', 'Loop Over Messages'],
      ['Loop Over Messages', 'Send SMS', 1],
      ['Send SMS', 'Prepare Activity Log Entry', 0],
      ['Send SMS', 'Prepare Activity Log Entry', 1],
      ['Prepare Activity Log Entry', 'Mark Lead'],
      ['Prepare Activity Log Entry', 'Write SMS_Audit'],
      ...log.links,
    ],
  });
}
