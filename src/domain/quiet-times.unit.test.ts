import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type QuietSpan, quietUntil } from './quiet-times.ts';

const BERLIN = 'Europe/Berlin';
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const nights: QuietSpan = { days: EVERY_DAY, from: '22:00', to: '07:00' };
const until = (spans: QuietSpan[], now: string, zone = BERLIN) => quietUntil(spans, new Date(now), zone)?.toISOString();

describe('quiet times', () => {
  it.each([
    ['before it begins', '2025-01-15T20:59:59Z', undefined],
    ['as it begins, by the clocks of the workspace', '2025-01-15T21:00:00Z', '2025-01-16T06:00:00.000Z'],
    ['after midnight', '2025-01-16T03:00:00Z', '2025-01-16T06:00:00.000Z'],
    ['as it ends', '2025-01-16T06:00:00Z', undefined],
  ])('over midnight: %s', (_, now, expected) => {
    expect(until([nights], now)).toBe(expected);
  });

  it('within a day', () => {
    const lunch: QuietSpan = { days: [3], from: '12:00', to: '13:00' };
    expect(until([lunch], '2025-01-15T11:30:00Z')).toBe('2025-01-15T12:00:00.000Z');
    expect(until([lunch], '2025-01-16T11:30:00Z')).toBeUndefined();
  });

  it('belongs to the day on which it begins', () => {
    const friday: QuietSpan = { days: [5], from: '22:00', to: '07:00' };
    // Saturday at three in the morning is still of Friday; Friday at three is of Thursday.
    expect(until([friday], '2025-01-18T02:00:00Z')).toBe('2025-01-18T06:00:00.000Z');
    expect(until([friday], '2025-01-17T02:00:00Z')).toBeUndefined();
  });

  it('is as long as the clocks make it when they change', () => {
    // In the night to 30 March 2025 the hour from two to three is left out.
    expect(until([nights], '2025-03-29T21:30:00Z')).toBe('2025-03-30T05:00:00.000Z');
  });

  it('joins a weekend to the night before and after it', () => {
    const weekend: QuietSpan = { days: [6, 7], from: '00:00', to: '00:00' };
    expect(until([nights, weekend], '2025-01-17T21:30:00Z')).toBe('2025-01-20T06:00:00.000Z');
  });

  it('that never ends has an end all the same', () => {
    expect(until([{ days: EVERY_DAY, from: '00:00', to: '00:00' }], '2025-01-15T12:00:00Z')).toBeDefined();
  });

  it('always ends later than now, and is over then', () => {
    const clocks = fc
      .record({ hour: fc.nat(23), minute: fc.nat(59) })
      .map(({ hour, minute }) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
    const span = fc.record({
      days: fc.uniqueArray(fc.constantFrom(1, 3, 5), { minLength: 1 }),
      from: clocks,
      to: clocks,
    });
    const now = fc.date({ min: new Date('2024-01-01'), max: new Date('2026-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(
        fc.array(span, { maxLength: 3 }),
        now,
        fc.constantFrom(BERLIN, 'UTC', 'America/New_York'),
        (spans, at, zone) => {
          const end = quietUntil(spans, at, zone);
          if (end === undefined) return;
          expect(end.getTime()).toBeGreaterThan(at.getTime());
          expect(quietUntil(spans, end, zone)).toBeUndefined();
        },
      ),
    );
  });
});
