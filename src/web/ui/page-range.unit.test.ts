import { expect, it } from 'vitest';
import { pageRange } from './page-range.ts';

it('says which rows are shown, and of how many', () => {
  expect(pageRange(1, 50, 50, 2847, false)).toBe('Showing 1–50 of 2,847');
  expect(pageRange(57, 50, 47, 2847, false)).toBe('Showing 2,801–2,847 of 2,847');
  expect(pageRange(2, 50, 50, 10_000, true)).toBe('Showing 51–100 of 10,000+');
  expect(pageRange(1, 50, 0, 0, false)).toBe('Nothing to show');
  expect(pageRange(9, 50, 0, 120, false)).toBe('Nothing on this page of 120');
});
