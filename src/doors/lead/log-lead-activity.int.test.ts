import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '#platform/log.ts';
import { createTestDoor, type TestDoor } from '#testing/lead-door.ts';
import { createLogLeadActivity } from './log-lead-activity.ts';

let door: TestDoor;
beforeAll(async () => {
  door = await createTestDoor();
});
afterAll(() => door.drop());

test('code of the application logs an event of a lead; what is refused is kept and logged, and never thrown', async () => {
  const lines: string[] = [];
  const log = createLogger({ level: 'error', destination: { write: (line: string) => void lines.push(line) } });
  const logLeadActivity = createLogLeadActivity({ ...door, log });
  const workspaceId = await door.book.makeWorkspace();
  const timestamp = new Date('2026-01-02T03:04:05Z');
  const event = { eventType: 'OPT_OUT', leadAirtableId: 'rec1', source: 'app:test' };

  const receipt = await logLeadActivity(workspaceId, { ...event, description: 'taken', timestamp });
  expect(receipt).toMatchObject({ status: 'stored', timestamp: timestamp.toISOString() });
  expect(lines).toEqual([]);

  expect(await logLeadActivity(workspaceId, { ...event, description: 'bad', eventType: 'NOT_A_TYPE' })).toBeUndefined();
  const invalid = { ...event, description: 'bad', timestamp: new Date(Number.NaN) };
  expect(await logLeadActivity(workspaceId, invalid)).toBeUndefined();
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { eventType: 'NOT_A_TYPE', source: 'app:test', quarantineId: expect.any(String) },
    { eventType: 'OPT_OUT', quarantineId: expect.any(String) },
  ]);
  expect(await door.quarantined(workspaceId)).toHaveLength(2);
  const { rows } = await door.book.pool.query('SELECT category FROM activity WHERE workspace_id = $1', [workspaceId]);
  expect(rows).toEqual([{ category: 'SMS' }]);
});
