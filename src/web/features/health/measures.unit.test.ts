import { expect, test } from 'vitest';
import { bytesText, rangeText, spanText } from './measures.ts';

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 KB'],
  [20 * 2 ** 20, '20 MB'],
  [5 * 2 ** 50, '5120 TB'],
])('%d bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));

test.each([
  [0.4, 'under 1 ms'],
  [1, '1 ms'],
  [999, '999 ms'],
  [1400, '1.4 s'],
  [59_000, '59 s'],
  [180_000, '3 min'],
  [2 * 3_600_000, '2 h'],
  [5 * 86_400_000, '5 days'],
])('%d ms are %s', (ms, text) => expect(spanText(ms)).toBe(text));

test('a range that is one number is that number', () => {
  expect([rangeText([90, 110, 100]), rangeText([4, 4])]).toEqual(['90–110', '4']);
});
