import { describe, expect, it } from 'vitest';
import { TOTAL_CAP } from '#domain/filter.ts';
import { arrive, type Counted, countOf, earliestCursor } from './day-counts.ts';

const counted = (total: number, seq: number, totalIsCapped = false): Counted => {
  return { total, totalIsCapped, streamCursor: `1.${seq}` };
};
const sms = (position: number) => ({ category: 'SMS', position });

describe('the count of a day', () => {
  it('is what the server counted, and what arrived after that', () => {
    const arrived = arrive({}, [sms(11), { category: 'BOOKING', position: 12 }, sms(13)]);
    expect(countOf(counted(4, 10), arrived.SMS)).toEqual({ count: 6, isCapped: false });
    expect(countOf(counted(0, 10), arrived.BOOKING)).toEqual({ count: 1, isCapped: false });
    expect(countOf(counted(7, 10), arrived.CAMPAIGN)).toEqual({ count: 7, isCapped: false });
  });

  it('counts nothing twice when the server counts again', () => {
    const arrived = arrive(arrive({}, [sms(11)]), [sms(12)]);
    expect(countOf(counted(5, 11), arrived.SMS)).toEqual({ count: 6, isCapped: false });
    expect(countOf(counted(6, 12), arrived.SMS)).toEqual({ count: 6, isCapped: false });
  });

  it('is unknown until the server has counted', () => {
    expect(countOf(undefined, [1])).toBeUndefined();
  });

  it('stops where counting stops', () => {
    expect(countOf(counted(TOTAL_CAP, 10, true), [11])).toEqual({ count: TOTAL_CAP, isCapped: true });
    expect(countOf(counted(TOTAL_CAP, 10), [11])).toEqual({ count: TOTAL_CAP, isCapped: true });
  });

  it('leaves out categories that have no tile', () => {
    expect(arrive({}, [{ category: 'workspace', position: 3 }])).toEqual({});
  });
});

describe('the stream behind the counts', () => {
  it('begins at the earliest of them, once all are there', () => {
    expect(earliestCursor([counted(1, 12), counted(2, 10), counted(3, 11)])).toBe('1.10');
    expect(earliestCursor([counted(1, 12), undefined])).toBeUndefined();
  });
});
