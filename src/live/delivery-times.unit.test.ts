import { expect, test } from 'vitest';
import { DeliveryTimes } from './delivery-times.ts';

test('are kept by workspace and source, the last hundred of each', () => {
  const times = new DeliveryTimes();
  for (let ms = 1; ms <= 150; ms += 1) times.note('a', 'n8n:one', ms);
  times.note('a', 'n8n:two', 7);
  times.note('b', 'n8n:one', 9);
  expect([...times.of('a').keys()]).toEqual(['n8n:one', 'n8n:two']);
  expect(times.of('a').get('n8n:one')).toEqual(Array.from({ length: 100 }, (_, i) => i + 51));
  expect(times.of('b')).toEqual(new Map([['n8n:one', [9]]]));
  expect(times.of('c').size).toBe(0);
});

test('of sources that callers make up without end, those that were heard longest ago are let go', () => {
  const times = new DeliveryTimes();
  times.note('a', 'steady', 1);
  for (let i = 0; i < 5_000; i += 1) {
    times.note('a', `made-up-${i}`, 1);
    if (i % 500 === 0) times.note('a', 'steady', 1);
  }
  expect(times.of('a').size).toBe(1_000);
  expect(times.of('a').has('steady')).toBe(true);
  expect(times.of('a').has('made-up-4999')).toBe(true);
  expect(times.of('a').has('made-up-0')).toBe(false);
});
