import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeSilence, longestSilence, RHYTHM_WEEKS, type RhythmRule, SLACK_MS } from './rhythm.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WEEK = 168 * HOUR;
const RULE: RhythmRule = { factor: 2, minMs: HOUR, weeks: 3 };
const NOW = Date.parse('2025-11-05T14:00:00Z');

/** What the rule says at `now` of a source that came at these times. */
function judge(times: readonly number[], now: number, rule = RULE) {
  const sorted = times.filter((time) => time <= now).sort((a, b) => a - b);
  const sameTime = Array.from({ length: RHYTHM_WEEKS }, (_, index) => now - (index + 1) * WEEK);
  return judgeSilence({ times: sorted, now, sameTime }, rule);
}

/** Every `period` from `weeks` before NOW until `until`, each up to `jitter` late. */
function regular(period: number, weeks: number, until: number, late: (index: number) => number = () => 0): number[] {
  const from = NOW - weeks * WEEK;
  return Array.from({ length: Math.floor((until - from) / period) + 1 }, (_, i) => from + i * period + late(i)).filter(
    (time) => time <= until,
  );
}

/** Whether a machine works at `time`: weekdays, nine to five. */
function isOfficeTime(time: number): boolean {
  const date = new Date(time);
  return date.getUTCDay() % 6 !== 0 && date.getUTCHours() >= 9 && date.getUTCHours() < 17;
}

describe('a source', () => {
  it('that comes every ten minutes is silent after more than an hour without anything', () => {
    const times = regular(10 * MINUTE, 5, NOW - 55 * MINUTE);
    expect(judge(times, NOW).verdict).toBe('usual');
    expect(judge(times, NOW + 10 * MINUTE)).toMatchObject({ verdict: 'silent', expectedMs: 10 * MINUTE, weeks: 4 });
  });

  it('that works in office hours may be silent at night and over the weekend, and is missed on Monday', () => {
    const friday = Date.parse('2025-11-07T17:00:00Z');
    const times = regular(10 * MINUTE, 6, friday).filter(isOfficeTime);
    for (let time = friday - HOUR; time < friday + 64 * HOUR; time += 15 * MINUTE) {
      expect(judge(times, time).verdict, new Date(time).toISOString()).toBe('usual');
    }
    expect(judge(times, Date.parse('2025-11-10T11:30:00Z')).verdict).toBe('silent');
  });

  it('that comes once a night is missed some hours after its time, though it is silent all day', () => {
    const times = regular(24 * HOUR, 6, NOW, (index) => (index % 3) * 10 * MINUTE);
    const last = times.at(-1) ?? 0;
    const quiet = times.filter((time) => time < last);
    expect(judge(quiet, last - HOUR).verdict).toBe('usual');
    expect(judge(quiet, last + 20 * MINUTE).verdict).toBe('usual');
    expect(judge(quiet, last + 5 * HOUR).verdict).toBe('silent');
  });

  it('is not judged by less history than the rule asks for, whatever it does', () => {
    const history = fc.array(fc.integer({ min: 0, max: 3 * WEEK - SLACK_MS - 1 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 100 }), (ages, minutes) => {
        const now = NOW + minutes * MINUTE;
        const times = ages.map((age) => now - age);
        expect(judge(times, now).verdict).toBe('too-little-history');
      }),
    );
  });

  it('that is regular is never silent while it comes, however late within half an hour', () => {
    const minutes = [5, 10, 15, 20, 30, 60, 90, 120, 180, 240, 360, 480, 720, 1440, 2880, 5040, 10_080];
    const late = fc.integer({ min: 0, max: 30 });
    fc.assert(
      fc.property(fc.constantFrom(...minutes), late, fc.nat(6 * 24), (period, most, hours) => {
        const now = NOW + hours * HOUR;
        const jitter = Math.min(most, period) + 1;
        const times = regular(period * MINUTE, 9, now, (index) => ((index * 7919) % jitter) * MINUTE);
        expect(judge(times, now).verdict).not.toBe('silent');
      }),
    );
  });

  it('that comes at random alarms hardly ever: the rule is tried on its past first', () => {
    const random = fc.integer({ min: 1, max: 2 ** 31 });
    fc.assert(
      fc.property(random, fc.constantFrom(30, 180, 720), (seed, mean) => {
        let state = seed;
        const times = [NOW - 9 * WEEK];
        while ((times.at(-1) ?? 0) < NOW + 2 * WEEK) {
          state = (state * 48_271) % 2_147_483_647;
          times.push((times.at(-1) ?? 0) - Math.log(state / 2_147_483_647) * mean * MINUTE);
        }
        let alarms = 0;
        let wasSilent = false;
        for (let now = NOW; now < NOW + 2 * WEEK; now += 30 * MINUTE) {
          const isSilent = judge(times, now).verdict === 'silent';
          if (isSilent && !wasSilent) alarms += 1;
          wasSilent = isSilent;
        }
        expect(alarms).toBeLessThanOrEqual(2);
      }),
      { numRuns: 12, seed: 7 },
    );
  });

  it('that has been silent is silent later too, by the same past', () => {
    const times = regular(10 * MINUTE, 9, NOW);
    const since = fc.integer({ min: 65, max: 24 * 60 });
    fc.assert(
      fc.property(since, fc.integer({ min: 0, max: 24 * 60 }), (minutes, more) => {
        expect(judge(times, NOW + minutes * MINUTE).verdict).toBe('silent');
        expect(judge(times, NOW + (minutes + more) * MINUTE).verdict).toBe('silent');
      }),
    );
  });

  it('is not made deaf by one week of outage', () => {
    const times = regular(10 * MINUTE, 9, NOW).filter((time) => time < NOW - 3 * WEEK || time > NOW - 2 * WEEK);
    expect(judge(times, NOW + 2 * HOUR).verdict).toBe('silent');
  });
});

describe('the longest silence of a span', () => {
  it('counts from its beginning, and is unknown without a before or an after', () => {
    expect(longestSilence([0, 10, 50, 60, 100], 20, 70)).toBe(40);
    expect(longestSilence([0, 100], 20, 70)).toBe(70);
    expect(longestSilence([30, 100], 20, 70)).toBeUndefined();
    expect(longestSilence([0, 60], 20, 70)).toBeUndefined();
  });
});
