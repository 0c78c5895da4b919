/** The part that every workflow has: write the prepared entry to the bridge, and what happens when that fails. */
import { airtableCreate, code, fail, isTrue, note, post, slack, THREE_TRIES } from './nodes.ts';
import { CREDENTIALS, type Settings, setting } from './settings.ts';
import type { Link, NodeDraft } from './workflow.ts';

export interface LogBlock {
  readonly nodes: readonly NodeDraft[];
  readonly links: readonly Link[];
}

export interface LogBlockOptions {
  readonly settings: Settings;
  /** Where "Prepare Activity Log Entry" stands. */
  readonly at: readonly [number, number];
  /** The module in code/ that prepares the entry. */
  readonly prepare: string;
  /** What goes on afterwards, however the write ended. */
  readonly next?: string;
}

const RETRY_QUEUE_COLUMNS = [
  ['queue_id', 'string', '={{ $json.queue_id }}'],
  ['operation_type', 'string', '={{ $json.operation_type }}'],
  ['lead_id', 'string', '={{ $json.lead_id }}'],
  ['payload', 'string', '={{ $json.payload }}'],
  ['retry_count', 'number', '={{ $json.retry_count }}'],
  ['next_retry_at', 'dateTime', '={{ $json.next_retry_at }}'],
  ['created_at', 'dateTime', '={{ $json.created_at }}'],
] as const;

const NOTE = `## Log to Historybook
The entry is prepared once, with its idempotency key; three tries send the same entry, so a retry never doubles.

**No answer, 5xx, 429, 401, 403, 404** → the prepared entry waits in Retry_Queue, and *UYSP-Retry-Queue-Drain* sends it when the bridge is back.

**400, 409, 413, 415, 422** → sending again cannot help: Slack says why, and where the entry is.

Nothing here stops the workflow, unless bridge, Airtable and Slack all fail: then the execution ends as failed, with the entry in its data.`;

export function logBlock({ settings, at: [x, y], prepare, next }: LogBlockOptions): LogBlock {
  const alert = "{{ $('Sort Failure').item.json.alert }}";
  const alerts = ['Alert DevOps', 'Alert DevOps: Refused', 'Alert DevOps: Not Queued'];
  return {
    nodes: [
      code('Prepare Activity Log Entry', [x, y], prepare),
      post('Write to Activity Log', [x + 220, y], {
        url: `=${setting(settings, 'HISTORYBOOK_URL')}/api/internal/log-activity`,
        body: '={{ $json }}',
        credentials: CREDENTIALS.historybook,
        ...THREE_TRIES,
        onError: 'continueErrorOutput',
      }),
      code('Sort Failure', [x + 440, y + 120], 'sort-failure'),
      isTrue('Refused?', [x + 660, y + 120], '={{ $json.refused }}'),
      slack('Alert DevOps: Refused', [x + 880, y + 20], settings, `=${alert}`),
      airtableCreate('Fallback to Retry_Queue', [x + 880, y + 220], {
        settings,
        table: 'AIRTABLE_RETRY_QUEUE',
        columns: RETRY_QUEUE_COLUMNS,
        ...THREE_TRIES,
        onError: 'continueErrorOutput',
      }),
      slack('Alert DevOps', [x + 1100, y + 140], settings, `=${alert}\n\nWritten to Retry_Queue.`),
      slack(
        'Alert DevOps: Not Queued',
        [x + 1100, y + 320],
        settings,
        `=${alert}\n\nNOT written to Retry_Queue (Airtable failed too): recover it from the data of this execution.`,
      ),
      fail(
        'Nobody Was Told',
        [x + 1320, y + 240],
        '=An activity could not be logged, and Slack could not be told. Its entry is in the data of "Prepare Activity Log Entry".',
      ),
      note('Note: Logging', [x - 20, y + 320], [660, 320], NOTE),
    ],
    links: [
      ['Prepare Activity Log Entry', 'Write to Activity Log'],
      ['Write to Activity Log', 'Sort Failure', 1],
      ['Sort Failure', 'Refused?'],
      ['Refused?', 'Alert DevOps: Refused', 0],
      ['Refused?', 'Fallback to Retry_Queue', 1],
      ['Fallback to Retry_Queue', 'Alert DevOps', 0],
      ['Fallback to Retry_Queue', 'Alert DevOps: Not Queued', 1],
      ...alerts.map((name): Link => [name, 'Nobody Was Told', 1]),
      ...(next === undefined ? [] : ['Write to Activity Log', ...alerts].map((name): Link => [name, next])),
    ],
  };
}
