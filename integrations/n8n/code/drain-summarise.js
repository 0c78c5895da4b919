/** A row that is still not written after so many tries is worth a message: about an hour and a quarter has passed. */
const TRIES_BEFORE_ALARM = 5;
const NAMED = 10;

/** One message when a person is needed: rows that were refused, rows that wait for long. Else nothing. */
export function run({ $ }) {
  const rows = $('Read Receipts')
    .all()
    .map(({ json }) => json);
  const refused = rows.filter(({ status }) => status === 'refused');
  const stuck = rows.filter(({ status, retry_count: tries }) => status === 'pending' && tries === TRIES_BEFORE_ALARM);
  if (refused.length + stuck.length === 0) return [];
  const done = rows.filter(({ status }) => status === 'done').length;
  const named = [...refused, ...stuck].slice(0, NAMED).map((row) => `• ${row.queue_id}: ${row.last_error}`);
  const alert = [
    '⚠️ Retry_Queue needs a person',
    '',
    `Written: ${done}`,
    `Refused, left in the queue with the reason: ${refused.length}`,
    `Still waiting after ${TRIES_BEFORE_ALARM} tries: ${stuck.length}`,
    '',
    ...named,
  ].join('\n');
  return [{ json: { alert } }];
}
