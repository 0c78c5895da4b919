import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createQueries } from '#query/index.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { type EventStream, openEventStream } from '#testing/event-stream.ts';
import {
  append,
  keyOf,
  type LiveServer,
  type LiveServerOptions,
  newActivity,
  prepareBook,
  startLiveServer,
  WORKSPACE,
} from '#testing/live.ts';
import type { MatchSearch } from './types.ts';

let database: TestDatabase;
let realSearch: MatchSearch;
beforeAll(async () => {
  database = await createTestDatabase();
  realSearch = createQueries({ pool: database.pool }).matchSearch;
  await prepareBook(database.pool);
});
afterAll(() => database.drop());

async function server(options: Partial<LiveServerOptions> = {}): Promise<LiveServer> {
  const started = await startLiveServer({ databaseUrl: database.url, ...options });
  onTestFinished(() => started.stop());
  return started;
}

function follow({ url }: LiveServer, query: string, lastEventId = ''): EventStream {
  const stream = openEventStream(() => `${url}/api/stream?${query}`, { lastEventId });
  onTestFinished(() => stream.close());
  return stream;
}

const idsOf = ({ events }: EventStream) => events.map(({ data }) => JSON.parse(data).id);
const say = (...sentences: string[]) => sentences.map((description) => newActivity({ description }));

describe('a feed with search words', () => {
  test('shows live what a reload shows: words, "phrases", -exclusions, in order', async () => {
    const one = await server();
    const searches = ['apples', '"ripe apples"', 'apples -green', 'pears'];
    const streams = searches.map((search) => follow(one, `search=${encodeURIComponent(search)}`));
    const everything = follow(one, '');
    await Promise.all([...streams, everything].map((stream) => stream.connected()));
    const sentences = ['Ripe apples', 'green apples', 'an apple, not ripe', 'a pear', 'nothing', 'ripe green apples'];
    const written = await append(database.pool, say(...sentences, 'the end: apples pears "ripe apples"'));
    for (const [index, stream] of streams.entries()) {
      await stream.until((events) => JSON.parse(events.at(-1)?.data ?? '{}').id === written.at(-1));
      const page = await createQueries({ pool: database.pool }).feed(
        WORKSPACE,
        { search: searches[index] },
        { limit: 50, page: 1, sort: 'time', order: 'desc' },
      );
      const shown = new Set(page.rows.map(({ id }) => id));
      expect(idsOf(stream)).toEqual(written.filter((id) => shown.has(id)));
    }
    await everything.until((events) => events.length === written.length);
  });

  test('resumes: what came meanwhile is searched as well', async () => {
    const one = await server({ limits: { prefill: 3 } });
    const stream = follow(one, 'search=cherries');
    await stream.connected();
    await append(database.pool, say('cherries', 'plums'));
    await stream.until((events) => events.length === 1);
    stream.close();
    const later = await append(
      database.pool,
      say(...Array.from({ length: 12 }, (_, i) => (i % 3 ? 'plums' : 'cherries'))),
    );
    const again = follow(await server({ limits: { prefill: 3 } }), 'search=cherries', stream.events[0]?.id);
    await again.until((events) => events.length === 4);
    expect(idsOf(again)).toEqual(later.filter((_, i) => i % 3 === 0));
  });

  test('asks the database once for each distinct search and range, however many follow it', async () => {
    const asked: string[] = [];
    const one = await server({
      limits: { coalesceMs: 0 },
      matchSearch: (workspaceId, filter, from, to) => {
        asked.push(`${filter.search} ${from} ${to}`);
        return realSearch(workspaceId, filter, from, to);
      },
    });
    const streams = Array.from({ length: 6 }, (_, i) =>
      follow(one, i % 2 ? 'search=figs' : 'search=figs&source=test:live'),
    );
    await Promise.all(streams.map((stream) => stream.connected()));
    while (one.live.stats().catchingUp > 0) await new Promise(setImmediate);
    asked.length = 0;
    await append(database.pool, say('figs', 'dates'));
    await Promise.all(streams.map((stream) => stream.until((events) => events.length === 1)));
    expect(asked).toHaveLength(2);
    expect(new Set(asked).size).toBe(1);
  });

  test('that is slow delays no feed without one, and then delivers all, in order', async () => {
    const gate = Promise.withResolvers<void>();
    const one = await server({
      limits: { coalesceMs: 0 },
      matchSearch: async (...args) => {
        await gate.promise;
        return realSearch(...args);
      },
    });
    const searching = follow(one, 'search=grapes');
    const other = follow(one, '');
    await Promise.all([searching.connected(), other.connected()]);
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      ids.push(...(await append(database.pool, say('grapes'))));
      await other.until((events) => events.length === i + 1);
    }
    expect(searching.events).toEqual([]);
    gate.resolve();
    await searching.until((events) => events.length === 5);
    expect(idsOf(searching)).toEqual(ids);
  });

  test('that fails is told to resync, and delivers again once it works; others notice nothing', async () => {
    let isBroken = false;
    const one = await server({
      limits: { coalesceMs: 0 },
      matchSearch: (workspaceId, filter, from, to) =>
        isBroken && filter.search === 'limes'
          ? Promise.reject(new Error('canceling statement due to statement timeout'))
          : realSearch(workspaceId, filter, from, to),
    });
    const limes = follow(one, 'search=limes');
    const lemons = follow(one, 'search=lemons');
    await Promise.all([limes.connected(), lemons.connected()]);
    while (one.live.stats().catchingUp > 0) await new Promise(setImmediate);
    isBroken = true;
    const [, first] = await append(database.pool, say('limes', 'lemons'));
    await Promise.all([limes.until((events) => events.length === 1), lemons.until((events) => events.length === 1)]);
    isBroken = false;
    const [second] = await append(database.pool, say('limes'));
    await limes.until((events) => events.length === 2);
    expect(limes.events.map(({ event }) => event)).toEqual(['resync', 'message']);
    expect(JSON.parse(limes.events[1]?.data ?? '').id).toBe(second);
    expect(idsOf(lemons)).toEqual([first]);
  });

  test('is refused when there are too many different ones', async () => {
    const one = await server({ limits: { maxSearches: 2 } });
    for (const word of ['kiwis', 'melons', 'kiwis']) await follow(one, `search=${word}`).connected();
    expect(await follow(one, 'search=quinces').refused).toBe(503);
  });

  test('is refused to who follows his share of different ones; what is followed already, and by others, is not', async () => {
    const authenticate = (headers: Headers) => ({ ...keyOf(), keyId: headers.get('x-test-principal') ?? '' });
    const one = await server({ authenticate, limits: { maxSearches: 3, maxSearchesEach: 2 } });
    const followAs = (keyId: string, word: string) => {
      const headers = { 'x-test-principal': keyId };
      const stream = openEventStream(() => `${one.url}/api/stream?search=${word}`, { headers });
      onTestFinished(() => stream.close());
      return stream;
    };
    const [kiwis] = ['kiwis', 'melons', 'melons'].map((word) => followAs('greedy', word));
    await expect.poll(() => one.live.stats().subscribers).toBe(3);
    expect(await followAs('greedy', 'quinces').refused).toBe(429);
    await followAs('modest', 'quinces').connected();
    kiwis?.close();
    await expect.poll(() => one.live.stats().subscribers).toBe(3);
    await followAs('greedy', 'quinces').connected();
  });

  test('is counted for a reader in this process too', async () => {
    const one = await server({ limits: { maxSearchesEach: 1, maxSubscribersEach: 2 } });
    const abort = new AbortController();
    onTestFinished(() => abort.abort());
    const begin = (search?: string) => {
      const feeds = [{ id: 'feed', filter: search === undefined ? {} : { search } }];
      return one.live.follow({ principal: keyOf(), feeds }, abort.signal).next();
    };
    await begin('kiwis');
    const refusal = { code: 'RATE_LIMITED', retryAfter: 10 };
    await expect(begin('melons')).rejects.toMatchObject({ ...refusal, message: expect.stringContaining('search') });
    await begin();
    await expect(begin()).rejects.toMatchObject({ ...refusal, message: expect.stringContaining('streams') });
  });
});
