import fc from 'fast-check';
import superjson from 'superjson';
import { describe, expect, test } from 'vitest';
import type { ActivityView } from '#domain/activity.ts';
import { toSlices } from '#live/frames.ts';
import type { FrameFormat } from '#live/index.ts';
import { EventStreamParser } from '#testing/event-source.ts';
import { liveEvent } from '#testing/live-events.ts';
import { plainFormat } from './plain-format.ts';
import { trpcFormat } from './trpc-format.ts';

const anyText = fc.string({ unit: 'binary' });
/** Without members named __proto__, at any depth: superjson drops them in the client, so that no prototype is set. */
const anyJson = fc
  .dictionary(anyText, fc.jsonValue({ stringUnit: 'binary' }))
  .filter((value) => !JSON.stringify(value).includes('"__proto__"'));
const anyActivity = fc.record({ description: anyText, message: fc.option(anyText), metadata: fc.option(anyJson) });

/** What a client reads when the stream is cut into pieces of this size. */
function read(format: FrameFormat, events: readonly Partial<ActivityView>[], feeds: readonly string[], size: number) {
  const slices = toSlices(
    events.map((values, index) => liveEvent(index + 1, values)),
    { format, epoch: 4, sliceBytes: 500, feedsOf: () => feeds },
  );
  const bytes = Buffer.concat([format.opening(), ...Array.from(slices, (slice) => slice.bytes), format.ping]);
  const parser = new EventStreamParser();
  const decoder = new TextDecoder();
  const read = [];
  for (let at = 0; at < bytes.length; at += size) {
    read.push(...parser.push(decoder.decode(bytes.subarray(at, at + size), { stream: true })));
  }
  return { messages: read.filter(({ type }) => type === 'message'), parser };
}

const asClientsSee = (values: Partial<ActivityView>, index: number) =>
  JSON.parse(liveEvent(index + 1, values).json.toString());

describe('frames', () => {
  test('of plain server-sent events carry any text, cut anywhere', () => {
    fc.assert(
      fc.property(fc.array(anyActivity), fc.integer({ min: 1, max: 300 }), (values, size) => {
        const { messages } = read(plainFormat, values, ['feed'], size);
        expect(messages.map(({ data }) => JSON.parse(data))).toEqual(values.map(asClientsSee));
        expect(messages.map(({ lastEventId }) => lastEventId)).toEqual(values.map((_, index) => `4.${index + 1}`));
      }),
    );
  });

  test('of tRPC carry any text and any feeds, cut anywhere, through superjson', () => {
    fc.assert(
      fc.property(
        fc.array(anyActivity),
        fc.array(anyText, { minLength: 1 }),
        fc.integer({ min: 1, max: 300 }),
        (values, feeds, size) => {
          const { messages } = read(trpcFormat(1_000), values, feeds, size);
          const expected = values.map((value, index) => ({ feeds, activity: asClientsSee(value, index) }));
          const wellFormed = JSON.parse(JSON.stringify(expected));
          expect(messages.map(({ data }) => superjson.deserialize(JSON.parse(data)))).toEqual(wellFormed);
          expect(messages.map(({ lastEventId }) => lastEventId)).toEqual(values.map((_, index) => `4.${index + 1}`));
        },
      ),
    );
  });

  test('are the bytes that superjson itself would write', () => {
    const { view } = liveEvent(1, { metadata: { phone: '+1', nested: [1, null, { a: true }] } });
    const message = { feeds: ['a'], activity: view };
    const { messages } = read(trpcFormat(1_000), [{ metadata: view.metadata }], ['a'], 10_000);
    expect(messages[0]?.data).toBe(JSON.stringify(superjson.serialize(message)));
  });

  test.each([
    ['plain', plainFormat],
    ['tRPC', trpcFormat(1_000)],
  ])('of %s move the cursor without an activity, and say when to read again', (_name, format) => {
    const parser = new EventStreamParser();
    const first = parser.push(format.opening().toString());
    expect(parser.retryMs).toBeGreaterThanOrEqual(200);
    expect(first.every(({ type }) => type === 'connected')).toBe(true);
    parser.push(format.caughtUp('4.10').toString());
    expect(parser.lastEventId).toBe('4.10');
    parser.push(format.ping.toString());
    expect(parser.lastEventId).toBe('4.10');
    const [resync] = parser.push(format.resync(['a'], '4.12').toString());
    expect(resync?.lastEventId).toBe('4.12');
  });

  test('come in slices that only one large activity makes larger', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 3_000 }));
    fc.assert(
      fc.property(sizes, (lengths) => {
        const events = lengths.map((length, index) => liveEvent(index + 1, { description: 'x'.repeat(length) }));
        const slices = [
          ...toSlices(events, { format: plainFormat, epoch: 1, sliceBytes: 2_000, feedsOf: () => ['feed'] }),
        ];
        expect(slices.reduce((sum, { count }) => sum + count, 0)).toBe(events.length);
        for (const { bytes, count } of slices) expect(bytes.length <= 2_000 || count === 1).toBe(true);
        expect(slices.at(-1)?.last ?? 0).toBe(events.length);
      }),
    );
  });
});
