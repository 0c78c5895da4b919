import { afterAll, beforeAll, expect, test } from 'vitest';
import { append, smsSent } from '#testing/append.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';

let book: TestBook;
beforeAll(async () => {
  book = await createTestBook();
});
afterAll(() => book.drop());

/** Columns of the table that analysts of the older system know; every timestamp with its time zone. */
const COLUMNS = [
  ['id', 'uuid'],
  ['event_type', 'text'],
  ['event_category', 'text'],
  ['lead_id', 'uuid'],
  ['lead_airtable_id', 'text'],
  ['client_id', 'uuid'],
  ['description', 'text'],
  ['message_content', 'text'],
  ['metadata', 'jsonb'],
  ['source', 'text'],
  ['execution_id', 'text'],
  ['created_by', 'uuid'],
  ['timestamp', 'timestamp with time zone'],
  ['created_at', 'timestamp with time zone'],
];

test('lead_activity_log has the columns of the older table, in its order', async () => {
  const { rows } = await book.pool.query(
    `SELECT column_name, data_type FROM information_schema.columns
      WHERE table_name = 'lead_activity_log' ORDER BY ordinal_position`,
  );
  expect(rows.map(({ column_name, data_type }) => [column_name, data_type])).toEqual(COLUMNS);
});

test('it reads as the older table did, with the lead joined as soon as it is known, and lead history alone', async () => {
  const workspaceId = await book.makeWorkspace();
  const activity = smsSent(workspaceId, {
    leadAirtableId: 'recABC123',
    description: 'SMS sent: Hey John, saw your form submission...',
    message: 'Hey John, saw your form submission. If you want help...',
    metadata: { campaign_id: 'chatgpt_use_cases', phone: '4085551234' },
    source: 'n8n:kJMMZ10anu4NqYUL',
    executionId: '28973',
  });
  const before = new Date();
  await append(book.pool, activity, smsSent(workspaceId, { door: 'workspace', type: 'campaign.created' }));
  const read = async () =>
    (await book.pool.query('SELECT * FROM lead_activity_log WHERE client_id = $1', [workspaceId])).rows;
  const expected = {
    id: activity.id,
    event_type: 'MESSAGE_SENT',
    event_category: 'SMS',
    lead_id: null,
    lead_airtable_id: 'recABC123',
    client_id: workspaceId,
    description: activity.description,
    message_content: activity.message,
    metadata: activity.metadata,
    source: activity.source,
    execution_id: '28973',
    created_by: null,
    timestamp: activity.occurredAt,
    created_at: expect.any(Date),
  };
  const [row] = await read();
  expect(row).toEqual(expected);
  expect(row.created_at.getTime()).toBeGreaterThanOrEqual(before.getTime() - 1000);
  const leadId = await book.makeLead(workspaceId, { airtableRecordId: 'recABC123' });
  expect(await read()).toEqual([{ ...expected, lead_id: leadId }]);
});
