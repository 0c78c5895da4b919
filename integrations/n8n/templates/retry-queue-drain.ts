import { airtableChange, airtableSearch, code, fail, note, post, schedule, slack, THREE_TRIES } from './nodes.ts';
import { CREDENTIALS, type Settings, setting } from './settings.ts';
import { toWorkflow } from './workflow.ts';

const NOTE = `## UYSP-Retry-Queue-Drain
Every five minutes the rows of Retry_Queue that are due go back through the bridge: oldest first, up to 100 in one batch, each judged alone.

| the bridge says | the row |
| --- | --- |
| stored, duplicate, spooled | **done**, with the id of the activity |
| 400, 409, 413, 415, 422 | **refused**, left in the table with the reason; Slack is told |
| anything else, or nothing | **pending**: again after 5, 10, 20, 40, then every 60 minutes; Slack is told at the fifth try |

Sending a row twice is harmless: its payload carries its idempotency key. To send a refused row again, correct its payload and clear its status.`;

/** Sends what waits in Retry_Queue back through the bridge. */
export function retryQueueDrain(settings: Settings) {
  return toWorkflow({
    name: 'UYSP-Retry-Queue-Drain',
    nodes: [
      schedule('Every 5 Minutes', [0, 300], '*/5 * * * *'),
      airtableSearch('Find Due Rows', [220, 300], {
        settings,
        table: 'AIRTABLE_RETRY_QUEUE',
        formula:
          "AND({operation_type} = 'activity_log', OR({status} = BLANK(), {status} = 'pending'), OR({next_retry_at} = BLANK(), IS_BEFORE({next_retry_at}, NOW())))",
        limit: 100,
        oldestFirst: 'created_at',
        ...THREE_TRIES,
      }),
      code('Build Batch', [440, 300], 'drain-build-batch'),
      post('Write Batch to Activity Log', [660, 300], {
        url: `=${setting(settings, 'HISTORYBOOK_URL')}/api/internal/log-activity/batch`,
        body: '={{ { events: $json.events } }}',
        credentials: CREDENTIALS.historybook,
        ...THREE_TRIES,
        onError: 'continueErrorOutput',
      }),
      code('Read Receipts', [880, 300], 'drain-read-receipts'),
      airtableChange('Update Row', [1100, 300], {
        settings,
        table: 'AIRTABLE_RETRY_QUEUE',
        match: 'id',
        columns: [
          ['id', 'string', '={{ $json.id }}'],
          ['status', 'string', '={{ $json.status }}'],
          ['retry_count', 'number', '={{ $json.retry_count }}'],
          ['next_retry_at', 'dateTime', '={{ $json.next_retry_at }}'],
          ['last_error', 'string', '={{ $json.last_error }}'],
          ['activity_id', 'string', '={{ $json.activity_id }}'],
        ],
        ...THREE_TRIES,
        onError: 'continueRegularOutput',
      }),
      code('Summarise', [1320, 300], 'drain-summarise'),
      slack('Alert DevOps', [1540, 300], settings, '={{ $json.alert }}'),
      fail(
        'Nobody Was Told',
        [1760, 380],
        '=Rows of Retry_Queue need a person, and Slack could not be told: see the rows whose status is refused.',
      ),
      note('Note', [0, -100], [860, 340], NOTE),
    ],
    links: [
      ['Every 5 Minutes', 'Find Due Rows'],
      ['Find Due Rows', 'Build Batch'],
      ['Build Batch', 'Write Batch to Activity Log'],
      ['Write Batch to Activity Log', 'Read Receipts', 0],
      ['Write Batch to Activity Log', 'Read Receipts', 1],
      ['Read Receipts', 'Update Row'],
      ['Update Row', 'Summarise'],
      ['Summarise', 'Alert DevOps'],
      ['Alert DevOps', 'Nobody Was Told', 1],
    ],
  });
}
