import { isRefusal, readFailure, reasonOf } from './lib/failure.js';

const FIRST_RETRY_MS = 5 * 60_000;

/**
 * What to do about an entry that "Write to Activity Log" could not write. The entry is the prepared one, never the output
 * of the failed node. Refused for good: a person is told why. Anything else: it goes to Retry_Queue.
 */
export function run({ $, $input, $execution }) {
  return $input.all().map((item, i) => {
    const entry = preparedEntry($, item, i);
    const failure = readFailure(item.json.error ?? item.error);
    const refused = isRefusal(failure.status);
    const now = Date.now();
    return {
      json: {
        refused,
        queue_id: entry.idempotencyKey ?? `${$execution.id}-${i}`,
        operation_type: 'activity_log',
        lead_id: entry.leadAirtableId ?? entry.leadId ?? entry.leadEmail ?? entry.leadPhone ?? '',
        payload: JSON.stringify(entry),
        retry_count: 0,
        next_retry_at: new Date(now + FIRST_RETRY_MS).toISOString(),
        created_at: new Date(now).toISOString(),
        alert: alertOf(entry, failure, refused, $execution.id),
      },
      pairedItem: { item: i },
    };
  });
}

function preparedEntry($, item, i) {
  try {
    return $('Prepare Activity Log Entry').itemMatching(i).json;
  } catch {
    // Without the link to the prepared item: n8n has merged it with the error.
    const { error, message, details, ...entry } = item.json;
    return entry;
  }
}

function alertOf(entry, failure, refused, executionId) {
  const lines = [
    `Execution: ${executionId}`,
    `Lead: ${entry.leadAirtableId ?? entry.leadId ?? entry.leadEmail ?? entry.leadPhone ?? 'none'}`,
    `Event: ${entry.eventType}`,
    `Reason: ${reasonOf(failure)}`,
  ];
  if (!refused) return `⚠️ Activity Log Failed\n\n${lines.join('\n')}`;
  return `⚠️ Activity Log Refused\n\n${lines.join('\n')}\n\n${whereabouts(failure)}`;
}

function whereabouts({ status, body }) {
  if (body.quarantineId) return `In quarantine as ${body.quarantineId}: see /admin/retry-queue.`;
  if (status === 409) return 'Not stored again: the book has an event under this key, with other content.';
  return 'Kept by this execution alone: correct it and send it again by hand.';
}
