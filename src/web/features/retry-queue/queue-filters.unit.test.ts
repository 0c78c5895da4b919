import { expect, test } from 'vitest';
import { isQueueFiltered, type QueueState, queueFilterOf } from './queue-filters.ts';

const NOW = new Date('2025-11-07T08:15:42.000Z');
const NONE: QueueState = { state: 'waiting', q: '', code: [], type: [], source: null, received: null };

test('asks for what stands in the URL', () => {
  expect(queueFilterOf(NONE, NOW)).toEqual({ state: 'waiting' });
  const state: QueueState = { state: 'discarded', q: ' a b ', code: ['X'], type: ['T'], source: 's', received: '1h' };
  expect(queueFilterOf(state, NOW)).toEqual({
    state: 'discarded',
    search: 'a b',
    codes: ['X'],
    types: ['T'],
    sources: ['s'],
    from: '2025-11-07T07:15:00.000Z',
  });
});

test('knows whether anything is narrowed', () => {
  expect(isQueueFiltered({ ...NONE, state: 'replayed' })).toBe(false);
  expect(isQueueFiltered({ ...NONE, received: '7d' })).toBe(true);
});
