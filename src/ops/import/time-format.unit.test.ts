import { describe, expect, it } from 'vitest';
import { compileFormat } from './time-format.ts';

const read = (format: string, text: string, pivot?: number) => compileFormat(format, pivot).read(text);
const wall = (text: string) => ({ kind: 'wall', wall: text });
const instant = (text: string) => ({ kind: 'instant', at: new Date(text) });

describe('a time of a stated format', () => {
  it.each([
    ['YYYY-MM-DD HH:mm:ss', '2025-09-17 08:15:05', wall('2025-09-17T08:15:05.000')],
    ['D.M.YYYY H:mm', '7.1.2025 9:05', wall('2025-01-07T09:05:00.000')],
    ['M/D/YYYY h:mmA', '9/17/2025 12:05am', wall('2025-09-17T00:05:00.000')],
    ['M/D/YYYY h:mm A', '9/17/2025 12:05 p.m.', wall('2025-09-17T12:05:00.000')],
    ['DD MMM YYYY', '17 Sep 2025', wall('2025-09-17T00:00:00.000')],
    ['YYYYMMDD[T]HHmmss.SSS', '20250917T081505.25', wall('2025-09-17T08:15:05.250')],
    ['YYYY-MM-DD HH:mm Z', '2025-09-17 08:15 +02:00', instant('2025-09-17T06:15:00Z')],
    ['iso', '2025-09-17', wall('2025-09-17T00:00:00.000')],
    ['iso', '2025-09-17T08:15:05Z', instant('2025-09-17T08:15:05Z')],
    ['iso', '2025-09-17 08:15:05-0500', instant('2025-09-17T13:15:05Z')],
    ['unix', '1758096905', instant('2025-09-17T08:15:05Z')],
    ['unix-ms', '1758096905123', instant('2025-09-17T08:15:05.123Z')],
  ])('%s reads %s', (format, text, expected) => {
    expect(read(format, text)).toEqual(expected);
  });

  it.each([
    ['YYYY-MM-DD', '2025-9-17'],
    ['YYYY-MM-DD', '2025-09-17 08:15'],
    ['YYYY-MM-DD', '2025-02-30'],
    ['YYYY-MM-DD HH:mm', '2025-09-17 24:00'],
    ['M/D/YYYY h:mmA', '9/17/2025 13:05pm'],
    ['M/D/YYYY', '17/9/2025'],
    ['DD MMM YYYY', '17 Spt 2025'],
    ['iso', '17.9.2025'],
    ['unix', 'soon'],
    ['YYYY.MM.DD', '2025-09-17'],
  ])('%s does not read %s', (format, text) => {
    expect(read(format, text)).toBeUndefined();
  });
});

describe('a year of two digits', () => {
  it('means nothing without a pivot', () => {
    expect(() => compileFormat('DD-MM-YY', undefined)).toThrow('say with pivot');
  });

  it('is of this century up to the pivot, and of the last above it', () => {
    expect(read('DD-MM-YY', '20-10-16', 69)).toEqual(wall('2016-10-20T00:00:00.000'));
    expect(read('DD-MM-YY', '20-10-69', 69)).toEqual(wall('2069-10-20T00:00:00.000'));
    expect(read('DD-MM-YY', '20-10-70', 69)).toEqual(wall('1970-10-20T00:00:00.000'));
  });
});

describe('a format that cannot be', () => {
  it.each([
    'MM-DD',
    'YYYY-MM',
    'YYYY YY-MM-DD',
    'YYYY-MM-DD hh:mm',
    'YYYY-MM-DD HH:mm A',
    'YYYY-MM-MM-DD',
    'MMM M D YYYY',
  ])('%s is refused', (format) => {
    expect(() => compileFormat(format, 50)).toThrow(RangeError);
  });
});
