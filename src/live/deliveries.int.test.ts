import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { openEventStream } from '#testing/event-stream.ts';
import { append, newActivity, prepareBook, startLiveServer, WORKSPACE } from '#testing/live.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await prepareBook(database.pool);
});
afterAll(() => database.drop());

test('how long activities took to open feeds is known by source, once somebody follows', async () => {
  const server = await startLiveServer({ databaseUrl: database.url });
  onTestFinished(() => server.stop());
  await append(database.pool, [newActivity({ source: 'n8n:before' })]);
  expect(server.live.deliveriesOf(WORKSPACE).size).toBe(0);
  const stream = openEventStream(() => `${server.url}/api/stream`, { lastEventId: '' });
  onTestFinished(() => stream.close());
  await stream.connected();
  await append(database.pool, [newActivity({ source: 'n8n:one' }), newActivity({ source: 'n8n:two' })]);
  await append(database.pool, [newActivity({ source: 'n8n:two' })]);
  await stream.until((events) => events.length === 3);
  const deliveries = server.live.deliveriesOf(WORKSPACE);
  expect([...deliveries.keys()].toSorted()).toEqual(['n8n:one', 'n8n:two']);
  for (const times of deliveries.values()) {
    expect(times.length).toBeGreaterThan(0);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(0);
  }
  expect(server.live.deliveriesOf('019a0000-0000-7000-8000-00000000ffff').size).toBe(0);
});

test('it is known of what this process has read for open feeds, also of what none of them shows', async () => {
  const server = await startLiveServer({ databaseUrl: database.url });
  onTestFinished(() => server.stop());
  const stream = openEventStream(() => `${server.url}/api/stream?source=n8n:shown`, { lastEventId: '' });
  onTestFinished(() => stream.close());
  await stream.connected();
  await append(database.pool, [newActivity({ source: 'n8n:unseen' }), newActivity({ source: 'n8n:shown' })]);
  await stream.until((events) => events.length === 1);
  await expect
    .poll(() => [...server.live.deliveriesOf(WORKSPACE).keys()].toSorted())
    .toEqual(['n8n:shown', 'n8n:unseen']);
  expect(stream.events).toHaveLength(1);
});
