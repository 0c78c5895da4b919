import { expect, onTestFinished, test, vi } from 'vitest';
import { findFreePort } from '../../../src/testing/app-process.ts';
import { createTestDatabase, type TestDatabase } from '../../../src/testing/database.ts';
import { INGEST_KEY, startIngestApp } from '../../../src/testing/ingest-app.ts';
import { API_KEY, filesIn, spoolFolder, startClient } from '../testing/client.ts';
import { type Program, runProgram } from '../testing/program.ts';

const TOTAL = 10_000;
const PATIENCE = { timeout: 90_000, interval: 5 };

/** The application in a process of its own, once it answers. */
async function startServer(port: number, dataDir: string, database: TestDatabase): Promise<Program> {
  const server = runProgram('server.ts', [String(port), dataDir, database.url, API_KEY]);
  await vi.waitUntil(() => server.lines.some((line) => line.startsWith('at http')), PATIENCE);
  return server;
}

async function kill({ child, ended }: Program): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

const progressOf = ({ lines }: Program) => Number(lines.at(-1) ?? 0);

test('10,000 events are in the book once each, though the server is killed and the program too', async () => {
  const [port, dataDir, spoolDir] = [await findFreePort(), spoolFolder(), spoolFolder()];
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const url = `http://127.0.0.1:${port}`;
  let server = await startServer(port, dataDir, database);
  const write = (from: number) => runProgram('writer.ts', [url, API_KEY, spoolDir, String(from), String(TOTAL)]);
  const reaches = (program: Program, n: number) => vi.waitUntil(() => progressOf(program) >= n, PATIENCE);

  let writer = write(1);
  for (const [killServerAt, killWriterAt] of [
    [1_000, 3_000],
    [4_000, 6_000],
    [7_000, 9_000],
  ] as const) {
    await reaches(writer, killServerAt);
    await kill(server);
    const restarted = startServer(port, dataDir, database);
    await reaches(writer, killWriterAt);
    await kill(writer);
    server = await restarted;
    writer = write(progressOf(writer) + 1);
  }
  await vi.waitUntil(() => writer.lines.at(-1)?.startsWith('{'), PATIENCE);
  const stats = JSON.parse(writer.lines.at(-1) ?? '');
  expect(stats).toMatchObject({ queued: 0, rejected: 0, dropped: 0, damaged: 0 });
  const sql = 'SELECT count(*)::int AS rows, count(DISTINCT description)::int AS events FROM activity';
  const { rows } = await database.pool.query(`${sql} WHERE source = 'test:writer'`);
  expect(rows).toEqual([{ rows: TOTAL, events: TOTAL }]);
  expect(filesIn(spoolDir)).toEqual([]);
}, 240_000);

test('the server understands every event of the client, and keeps what it refuses', async () => {
  const { url, database, stop } = await startIngestApp();
  onTestFinished(stop);
  const client = startClient({ url, apiKey: INGEST_KEY, source: 'test:words' });
  const at = new Date('2025-11-07T08:15:05Z');
  void client.logLeadActivity({ eventType: 'OPT_OUT', leadPhone: 4_085_551_234, description: 'one', timestamp: at });
  void client.logLeadActivity({ event_type: 'OPT_OUT', lead_airtable_id: 'rec1', description: 'two' });
  void client.log({ eventType: 'NOT_REGISTERED', eventCategory: 'SMS', leadAirtableId: 'rec1', description: 'three' });
  void client.logLeadActivity({ eventType: 'OPT_OUT', description: 'of no lead' });
  expect(await client.flush()).toBe(true);
  expect(client.stats()).toMatchObject({ acknowledged: 2, rejected: 2 });
  expect(client.rejections).toMatchObject([
    { code: 'UNKNOWN_TYPE', quarantineId: expect.any(String), keptIn: undefined, event: { description: 'three' } },
    { code: 'INVALID_INPUT', quarantineId: expect.any(String), issues: [{ path: 'leadAirtableId' }] },
  ]);
  const { rows } = await database.pool.query(
    `SELECT description, category, occurred_at FROM activity WHERE source = 'test:words' ORDER BY seq`,
  );
  expect(rows).toMatchObject([
    { description: 'one', category: 'SMS', occurred_at: at },
    { description: 'two', category: 'SMS' },
  ]);

  const stranger = startClient({ url, apiKey: 'hb_wrong', source: 'test:words' });
  void stranger.logLeadActivity({ eventType: 'OPT_OUT', leadAirtableId: 'rec1', description: 'nobody' });
  expect(await stranger.flush()).toBe(false);
  expect(stranger.errors).toMatchObject([{ code: 'PAUSED', message: expect.stringContaining('answered 401') }]);
}, 120_000);
