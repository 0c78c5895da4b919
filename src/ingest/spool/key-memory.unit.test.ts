import { expect, test } from 'vitest';
import { exampleRecord } from '#testing/example-record.ts';
import { createKeyMemory } from './key-memory.ts';
import type { Segment } from './segment.ts';

const segment = (path: string): Segment => ({ path, createdAt: new Date(0), bytes: 1, records: 1, isClosed: false });
const keyed = (key: string, workspaceId = 'w') =>
  exampleRecord(key, { workspaceId, idempotency: { key, bodyHash: `hash of ${key}` } }).activity;
const event = (key: string) => ({ id: `id of ${key}`, bodyHash: `hash of ${key}`, occurredAt: new Date(0) });

test('a key is known from the moment it is spooled until its segment is drained', async () => {
  const keys = createKeyMemory();
  const [first, second] = [segment('1'), segment('2')];
  keys.rememberSpooled(keyed('a'), { ...event('a'), durable: Promise.resolve(first) });
  keys.rememberSpooled(keyed('b'), { ...event('b'), durable: Promise.resolve(second) });
  expect(keys.findSpooled(keyed('a'))).toMatchObject(event('a'));
  expect(keys.findSpooled(keyed('a', 'another workspace'))).toBeUndefined();
  await Promise.resolve();
  keys.forget(first);
  expect(keys.findSpooled(keyed('a'))).toBeUndefined();
  expect(keys.findSpooled(keyed('b'))).toMatchObject(event('b'));
});

test('a key whose segment is lost is free again, and nothing says that its event was brought to the book', async () => {
  const keys = createKeyMemory();
  const [lost, adopted] = [segment('1'), segment('2')];
  keys.rememberSpooled(keyed('a'), { ...event('a'), durable: Promise.resolve(lost) });
  keys.rememberSpooled(keyed('b'), { ...event('b'), durable: Promise.resolve(adopted) });
  await Promise.resolve();
  keys.lose(lost);
  keys.forget(adopted);
  expect([keys.findSpooled(keyed('a')), keys.findBrought(keyed('a'))]).toEqual([undefined, undefined]);
  expect([keys.findSpooled(keyed('b')), keys.findBrought(keyed('b'))]).toEqual([undefined, event('b')]);
});

test('a key whose event did not get to the disk is forgotten', async () => {
  const keys = createKeyMemory();
  const durable = Promise.reject(new Error('disk full'));
  keys.rememberSpooled(keyed('a'), { ...event('a'), durable });
  await durable.catch(() => undefined);
  expect(keys.findSpooled(keyed('a'))).toBeUndefined();
});

test('of too many keys the oldest are forgotten', () => {
  const keys = createKeyMemory(2, 2);
  const durable = Promise.resolve(segment('1'));
  for (const key of ['a', 'b', 'c']) {
    keys.rememberSpooled(keyed(key), { ...event(key), durable });
    keys.rememberStored(keyed(key), event(key));
  }
  const known = (key: string) => [keys.findSpooled(keyed(key)), keys.findStored(keyed(key))].filter(Boolean).length;
  expect(['a', 'b', 'c'].map(known)).toEqual([0, 2, 2]);
});
