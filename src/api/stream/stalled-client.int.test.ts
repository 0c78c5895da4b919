import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { EventStreamParser, type ParsedEvent } from '#testing/event-source.ts';
import { openEventStream } from '#testing/event-stream.ts';
import {
  append,
  type LiveServer,
  type LiveServerOptions,
  newActivity,
  prepareBook,
  startLiveServer,
} from '#testing/live.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await prepareBook(database.pool);
});
afterAll(() => database.drop());

const LIMITS = { maxSocketBytes: 64 * 1024, sliceBytes: 64 * 1024 };
const EVENT_BYTES = 20_000;

async function server(limits: LiveServerOptions['limits'] = {}): Promise<LiveServer> {
  const started = await startLiveServer({ databaseUrl: database.url, limits: { ...LIMITS, ...limits } });
  onTestFinished(() => started.stop());
  return started;
}

/** A client that asks for the stream and then does not read a byte, until told to. */
async function stall({ port, requests }: LiveServer) {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const known = requests.length;
  socket.pause();
  socket.write('GET /api/stream HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n');
  while (requests.length === known) await new Promise(setImmediate);
  return { socket, heldBytes: () => requests[known]?.socket.writableLength ?? 0 };
}

/** Reads the stream on until `isEnough`; without the head of the answer. */
function readOn(socket: Socket, isEnough: (events: readonly ParsedEvent[]) => boolean): Promise<ParsedEvent[]> {
  return new Promise((resolve) => {
    const parser = new EventStreamParser();
    const decoder = new TextDecoder();
    const events: ParsedEvent[] = [];
    let isBody = false;
    socket.on('data', (chunk) => {
      let text = decoder.decode(chunk, { stream: true });
      if (!isBody) {
        const end = text.indexOf('\r\n\r\n');
        isBody = end >= 0;
        text = isBody ? text.slice(end + 4) : '';
      }
      events.push(...parser.push(text));
      if (isEnough(events)) resolve(events);
    });
    socket.resume();
  });
}

/** Writes as many activities as fill every buffer between the server and a client that does not read. */
async function fill(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let written = 0; written < count; written += 50) {
    const batch = Array.from({ length: 50 }, () => newActivity({ message: 'x'.repeat(EVENT_BYTES) }));
    ids.push(...(await append(database.pool, batch)));
  }
  return ids;
}

describe('a client that does not read', () => {
  test('costs the server a bounded amount of memory and delays nobody, and goes on where it was', async () => {
    const one = await server({ ringBytes: 4_000_000 });
    const stalled = await stall(one);
    const reader = openEventStream(() => `${one.url}/api/stream`);
    onTestFinished(() => reader.close());
    await reader.connected();
    const ids = await fill(500);
    await reader.until((events) => events.length === ids.length);
    expect(one.live.stats()).toMatchObject({ subscribers: 2, stalled: 1, resyncs: 0 });
    expect(one.live.stats().ringBytes).toBeLessThanOrEqual(4_000_000);
    expect(stalled.heldBytes()).toBeGreaterThan(0);
    expect(stalled.heldBytes()).toBeLessThan(LIMITS.maxSocketBytes + LIMITS.sliceBytes + 2 * EVENT_BYTES);

    const events = await readOn(stalled.socket, (read) => read.length >= ids.length);
    expect(events.map(({ data }) => JSON.parse(data).id)).toEqual(ids);
  });

  test('gets resync instead when it is out of reach by the time it reads', async () => {
    const one = await server({ maxLag: 100 });
    const stalled = await stall(one);
    const reader = openEventStream(() => `${one.url}/api/stream`);
    onTestFinished(() => reader.close());
    await reader.connected();
    const ids: string[] = [];
    // In steps that the reader keeps up with: on a busy machine it would be out of reach itself.
    const show = async (count: number) => {
      for (const target = ids.length + count; ids.length < target; ) {
        ids.push(...(await fill(50)));
        await reader.until((events) => events.length === ids.length);
      }
    };
    await show(500);
    // How much the system keeps for a client that does not read is its own affair: until it takes nothing any more.
    for (let held = -1; one.live.stats().stalled === 0 || stalled.heldBytes() !== held; ) {
      held = stalled.heldBytes();
      await show(150);
    }
    const events = await readOn(stalled.socket, (read) => read.some(({ type }) => type === 'resync'));
    const messages = events.filter(({ type }) => type === 'message').map(({ data }) => JSON.parse(data).id);
    expect(messages).toEqual(ids.slice(0, messages.length));
    expect(messages.length).toBeLessThan(ids.length);
  });

  test('is closed after a while', async () => {
    const one = await server({ maxStallMs: 50, heartbeatMs: 20 });
    const stalled = await stall(one);
    const closed = new Promise((resolve) => stalled.socket.once('close', resolve));
    await fill(500);
    while (one.live.stats().subscribers > 0) await new Promise(setImmediate);
    stalled.socket.resume();
    await closed;
  });
});
