/**
 * One batch of the rows that are due, oldest first, and which row each event belongs to. A payload that is no JSON object
 * cannot be sent; its row is left with that reason.
 */
export function run({ $input }) {
  const rows = [];
  const events = [];
  const unreadable = [];
  for (const { json } of $input.all()) {
    if (json.id === undefined) continue;
    const row = { id: json.id, queue_id: json.queue_id, retry_count: Number(json.retry_count ?? 0) };
    const event = parse(json.payload);
    if (!event) {
      unreadable.push({ ...row, reason: 'the payload is not a JSON object' });
      continue;
    }
    rows.push(row);
    events.push(event);
  }
  return rows.length + unreadable.length === 0 ? [] : [{ json: { rows, events, unreadable } }];
}

function parse(payload) {
  try {
    const event = JSON.parse(payload);
    return event !== null && typeof event === 'object' && !Array.isArray(event) ? event : undefined;
  } catch {
    return undefined;
  }
}
