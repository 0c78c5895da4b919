import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFreePort, SERVICE_KEY } from '#testing/app-process.ts';
import { logEvent, testApp, testDataDir } from '#testing/app-suite.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { type EventStream, openEventStream } from '#testing/event-stream.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

function start(port = 0) {
  return testApp({ dataDir: testDataDir(), port, env: { DATABASE_URL: database.url } });
}

/** A stream of the events whose source is `test:process`, on a server that may go and come back. */
function follow(url: string): EventStream {
  return openEventStream(() => `${url}/api/stream?source=test:process`, { headers: { 'x-api-key': SERVICE_KEY } });
}

function descriptions(stream: EventStream): string[] {
  return stream.events.flatMap(({ data }) => {
    const value: { description?: string } = JSON.parse(data);
    return value.description === undefined ? [] : [value.description];
  });
}

/** Every stream has seen `last`; as each shows things in the order of the book, it has seen all before it. */
async function allHave(streams: readonly EventStream[], last: string): Promise<void> {
  await Promise.all(streams.map((stream) => stream.until(() => descriptions(stream).includes(last))));
}

describe('two server processes on one database', { timeout: 120_000 }, () => {
  test('what one of them takes appears in the streams of both: once, and in the same order', async () => {
    const [a, b] = await Promise.all([start().url, start().url]);
    const streams = [follow(a), follow(b)];
    await Promise.all(streams.map((stream) => stream.connected()));

    const names = Array.from({ length: 120 }, (_, index) => `event ${index}`);
    await Promise.all(names.map((name, index) => logEvent(index % 2 === 0 ? a : b, name)));
    await logEvent(a, 'the last one');
    await allHave(streams, 'the last one');
    for (const stream of streams) stream.close();

    const [seenByA = [], seenByB = []] = streams.map(descriptions);
    expect(seenByA.toSorted()).toEqual([...names, 'the last one'].toSorted());
    expect(seenByB).toEqual(seenByA);
  });

  test('a stream whose server restarts goes on where it was: nothing is missing, nothing comes twice', async () => {
    const port = await findFreePort();
    const first = start(port);
    const other = await start().url;
    const a = await first.url;
    const stream = follow(a);
    await stream.connected();

    const expected: string[] = [];
    const log = async (url: string, name: string) => {
      await logEvent(url, name);
      expected.push(name);
    };
    for (let index = 0; index < 10; index += 1) await log(index % 2 === 0 ? a : other, `before ${index}`);
    await allHave([stream], 'before 9');
    await first.stop('SIGKILL');
    for (let index = 0; index < 10; index += 1) await log(other, `meanwhile ${index}`);
    const second = start(port);
    await second.url;
    for (let index = 0; index < 10; index += 1) await log(index % 2 === 0 ? a : other, `after ${index}`);
    await log(a, 'the end');
    await allHave([stream], 'the end');
    stream.close();

    expect(stream.connections).toBeGreaterThanOrEqual(2);
    expect(descriptions(stream)).toEqual(expected);
  });

  test('a server that stops in good order ends its streams, so that they go to another one', async () => {
    const first = start();
    const [a, b] = await Promise.all([first.url, start().url]);
    let url = a;
    const stream = openEventStream(() => `${url}/api/stream?source=test:process`, {
      headers: { 'x-api-key': SERVICE_KEY },
    });
    await stream.connected();
    await logEvent(a, 'from the one');
    await allHave([stream], 'from the one');
    url = b;
    await first.stop('SIGTERM');
    await logEvent(b, 'from the other');
    await allHave([stream], 'from the other');
    stream.close();
    expect(descriptions(stream)).toEqual(['from the one', 'from the other']);
  });
});
