import { describe, expect, test } from 'vitest';
import type { NewActivity } from '#domain/activity.ts';
import type { AppendOutcome } from '#platform/db/append.ts';
import { smsSent } from '#testing/append.ts';
import { createAppendQueue } from './append-queue.ts';

interface Flight {
  readonly batch: readonly NewActivity[];
  /** Lands it: everything stored, unless an answer of another kind is given. */
  land(outcomes?: readonly (AppendOutcome | Error)[]): void;
}

/** A queue whose flights are in the test's hand. */
function createTower(maxRows?: number) {
  const out: Flight[] = [];
  let departed: () => void = () => undefined;
  const queue = createAppendQueue({
    ...(maxRows !== undefined && { maxRows }),
    fly: (batch) =>
      new Promise((resolve) => {
        out.push({ batch, land: (outcomes = batch.map(stored)) => resolve(outcomes) });
        departed();
      }),
  });
  return {
    queue,
    /** The next flight, once it has departed. */
    async next(): Promise<Flight> {
      while (out.length === 0) {
        await new Promise<void>((resolve) => {
          departed = resolve;
        });
      }
      return out.shift() as Flight;
    },
    /** Flights that have departed and were not asked for. */
    get waiting() {
      return out.length;
    },
  };
}

const stored = ({ id, occurredAt }: NewActivity): AppendOutcome => ({ outcome: 'stored', id, occurredAt });
const activity = () => smsSent('11111111-1111-4111-8111-111111111111');
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a lone activity leaves at once', async () => {
  const { queue, next } = createTower();
  const one = activity();
  const receipt = queue.add(one);
  const flight = await next();
  expect(flight.batch).toEqual([one]);
  expect(queue.depth).toBe(1);
  flight.land();
  expect(await receipt).toEqual(stored(one));
  expect(queue.depth).toBe(0);
});

test('what is added in one turn of the loop leaves together, in order', async () => {
  const { queue, next } = createTower();
  const batch = [activity(), activity(), activity()];
  const receipts = Promise.all(batch.map((item) => queue.add(item)));
  const flight = await next();
  expect(flight.batch).toEqual(batch);
  flight.land();
  expect(await receipts).toEqual(batch.map(stored));
});

test('two flights are out at most; what comes meanwhile leaves together when one lands', async () => {
  const tower = createTower();
  const { queue, next } = tower;
  const first = queue.add(activity());
  const flightOne = await next();
  void queue.add(activity());
  const flightTwo = await next();
  const late = [activity(), activity()];
  const receipts = Promise.all(late.map((item) => queue.add(item)));
  await turn();
  expect(tower.waiting).toBe(0);
  expect(queue.depth).toBe(4);
  flightOne.land();
  await first;
  const flightThree = await next();
  expect(flightThree.batch).toEqual(late);
  flightTwo.land();
  flightThree.land();
  await receipts;
});

test('a flight has at most maxRows', async () => {
  const { queue, next } = createTower(2);
  const all = [activity(), activity(), activity(), activity()];
  const receipts = Promise.all(all.map((item) => queue.add(item)));
  const [one, two] = [await next(), await next()];
  expect([one.batch, two.batch]).toEqual([all.slice(0, 2), all.slice(2)]);
  two.land();
  one.land();
  expect(await receipts).toEqual(all.map(stored));
});

test('the second flight leaves when it has as many on board as the first, or when that one lands', async () => {
  const tower = createTower();
  const { queue, next } = tower;
  const receipts = [activity(), activity()].map((item) => queue.add(item));
  const flightOne = await next();
  receipts.push(queue.add(activity()));
  await turn();
  expect(tower.waiting).toBe(0);
  receipts.push(queue.add(activity()));
  const flightTwo = await next();
  expect(flightTwo.batch).toHaveLength(2);
  receipts.push(queue.add(activity()));
  flightTwo.land();
  await receipts[2];
  await turn();
  expect(tower.waiting).toBe(0);
  flightOne.land();
  const flightThree = await next();
  expect(flightThree.batch).toHaveLength(1);
  flightThree.land();
  await Promise.all(receipts);
});

describe('each activity settles alone', () => {
  test('with the error that was its own', async () => {
    const { queue, next } = createTower();
    const [good, bad] = [activity(), activity()];
    const receipts = Promise.allSettled([queue.add(good), queue.add(bad)]);
    (await next()).land([stored(good), new Error('does not fit')]);
    expect(await receipts).toEqual([
      { status: 'fulfilled', value: stored(good) },
      { status: 'rejected', reason: new Error('does not fit') },
    ]);
  });

  test('and never stays without an answer', async () => {
    const { queue, next } = createTower();
    const receipt = queue.add(activity());
    (await next()).land([]);
    await expect(receipt).rejects.toThrow('without an outcome');
  });
});

test('drained() waits for everything that was added, and for nothing else', async () => {
  const { queue, next } = createTower(1);
  await queue.drained();
  const receipts = [queue.add(activity()), queue.add(activity()), queue.add(activity())];
  let isDrained = false;
  const drained = queue.drained().then(() => {
    isDrained = true;
  });
  for (const receipt of receipts) {
    expect(isDrained).toBe(false);
    (await next()).land();
    await receipt;
  }
  await drained;
});
