import { expect, test } from 'vitest';
import { createManualClock } from '#testing/clock.ts';
import { createRounds } from './rounds.ts';

const AWAY = Object.assign(new Error('terminating connection'), { code: '57P01', severity: 'FATAL' });

function rounds() {
  const clock = createManualClock();
  const done: string[] = [];
  const state = { isAway: false, abort: new AbortController() };
  const step = (name: string) => async () => {
    if (state.isAway) throw AWAY;
    done.push(name);
  };
  const round = createRounds({ clock, say: step('say'), evaluate: step('evaluate'), hearMs: 20_000 });
  /** Begins one; gives whether it succeeded, once that is known. */
  const begin = () => {
    done.length = 0;
    const ended = { is: undefined as boolean | undefined };
    round(state.abort.signal).then(
      () => (ended.is = true),
      () => (ended.is = false),
    );
    return ended;
  };
  return { clock, done, state, begin };
}

test('a round begins with what this process says; the first one hears the others before it judges', async () => {
  const { done, begin, clock } = rounds();
  const first = begin();
  await clock.advance(19_999);
  expect(done).toEqual(['say']);
  await clock.advance(1);
  await clock.advance(0);
  expect(first.is).toBe(true);
  expect(done).toEqual(['say', 'say', 'evaluate']);
  begin();
  await clock.advance(0);
  expect(done).toEqual(['say', 'evaluate']);
});

test('after an outage they are heard anew', async () => {
  const { done, state, begin, clock } = rounds();
  begin();
  await clock.advance(20_000);
  await clock.advance(0);
  state.isAway = true;
  const failed = begin();
  await clock.advance(0);
  expect(failed.is).toBe(false);
  state.isAway = false;
  begin();
  await clock.advance(19_999);
  expect(done).toEqual(['say']);
  await clock.advance(1);
  await clock.advance(0);
  expect(done).toEqual(['say', 'say', 'evaluate']);
});

test('one that is ended while it hears judges nothing', async () => {
  const { done, state, begin, clock } = rounds();
  const first = begin();
  await clock.advance(10);
  state.abort.abort();
  await clock.advance(0);
  expect(first.is).toBe(true);
  expect(done).toEqual(['say']);
});
