import { isRefusal, readFailure, reasonOf } from './lib/failure.js';

const MINUTE = 60_000;
const LONGEST_WAIT_MS = 60 * MINUTE;

/**
 * What becomes of each row: done with the id of its activity, refused with the reason, or later. Its input is the answer
 * to the batch, or the error when there was none.
 */
export function run({ $, $input }) {
  const { rows, unreadable } = $('Build Batch').first().json;
  const answer = $input.first();
  const error = answer.json.error ?? answer.error;
  const results = Array.isArray(answer.json.results) && error === undefined ? answer.json.results : [];
  const failure = error === undefined ? undefined : readFailure(error);
  return [
    ...rows.map((row, i) => fate(row, results[i], failure)),
    ...unreadable.map(({ reason, ...row }) => refused(row, reason)),
  ].map((json) => ({ json, pairedItem: { item: 0 } }));
}

function fate(row, result, failure) {
  if (result?.success === true) {
    return { ...row, status: 'done', last_error: '', activity_id: result.activityId, next_retry_at: null };
  }
  if (result === undefined) return later(row, failure ? reasonOf(failure) : 'no receipt for this row');
  const reason = reasonOf({ status: result.httpStatus, body: result, message: result.message });
  if (!isRefusal(result.httpStatus)) return later(row, reason);
  return refused(row, result.quarantineId ? `${reason} (in quarantine as ${result.quarantineId})` : reason);
}

function refused(row, reason) {
  return { ...row, status: 'refused', last_error: reason, activity_id: '', next_retry_at: null };
}

/** Tried again after 5, 10, 20, 40 and then every 60 minutes. */
function later(row, reason) {
  const wait = Math.min(5 * MINUTE * 2 ** row.retry_count, LONGEST_WAIT_MS);
  return {
    ...row,
    status: 'pending',
    retry_count: row.retry_count + 1,
    last_error: reason,
    activity_id: '',
    next_retry_at: new Date(Date.now() + wait).toISOString(),
  };
}
