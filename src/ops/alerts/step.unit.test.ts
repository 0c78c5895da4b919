import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Circumstances, type Standing, type Step, step } from './step.ts';

const MINUTE = 60_000;
const START = Date.parse('2025-11-07T08:00:00Z');
const at = (minutes: number) => new Date(START + minutes * MINUTE);

function by(minutes: number, values: Partial<Circumstances> = {}): Circumstances {
  return {
    now: at(minutes),
    quietUntil: undefined,
    quietHoldsCritical: false,
    isMuted: false,
    remindMs: 60 * MINUTE,
    ...values,
  };
}

/** Keeps what a step leaves, as the database does. */
function keep(standing: Standing | undefined, seen: Standing['severity'] | undefined, now: Date, next: Step) {
  if (next.to === 'none' || next.to === 'resolved') return undefined;
  if (next.to === 'calming') return standing && { ...standing, calmSince: next.calmSince };
  const told = next.tell && { notifiedAt: now, notifiedSeverity: seen ?? null };
  const known = standing ?? { notifiedAt: null, notifiedSeverity: null, acknowledgedAt: null };
  return { ...known, severity: seen ?? 'warning', calmSince: null, ...told } satisfies Standing;
}

/** What is told, minute by minute, of what is seen minute by minute. */
function story(
  seen: readonly (Standing['severity'] | undefined)[],
  values: (minute: number, standing: Standing | undefined) => Partial<Circumstances> = () => ({}),
  change: (minute: number, standing: Standing | undefined) => Standing | undefined = (_, standing) => standing,
): string[] {
  let standing: Standing | undefined;
  return seen.flatMap((severity, minute) => {
    standing = change(minute, standing);
    const next = step(standing, severity, by(minute, values(minute, standing)));
    standing = keep(standing, severity, at(minute), next);
    return 'tell' in next && next.tell ? [`${minute} ${next.tell}`] : [];
  });
}

const seenFor = (minutes: number, severity: Standing['severity'] = 'warning') => Array(minutes).fill(severity);
const calm = (minutes: number) => Array(minutes).fill(undefined);

describe('an alert', () => {
  it('is told once, reminded of each hour, and resolved after two calm minutes', () => {
    expect(story([...seenFor(130), ...calm(5)])).toEqual(['0 opened', '60 reminder', '120 reminder', '132 resolved']);
  });

  it('that flutters is one alert', () => {
    expect(story(Array.from({ length: 30 }, (_, minute) => (minute % 2 ? undefined : 'warning')))).toEqual([
      '0 opened',
    ]);
  });

  it('that comes again after it was resolved is told again', () => {
    expect(story([...seenFor(1), ...calm(4), ...seenFor(1)])).toEqual(['0 opened', '3 resolved', '5 opened']);
  });

  it('that somebody has acknowledged is not reminded of, and still resolved', () => {
    const acknowledge = (minute: number, standing: Standing | undefined) =>
      standing && minute === 5 ? { ...standing, acknowledgedAt: at(minute) } : standing;
    expect(story([...seenFor(130), ...calm(5)], undefined, acknowledge)).toEqual(['0 opened', '132 resolved']);
  });

  it('is told when the quiet time is over, if it is still open', () => {
    const quiet = (minute: number) => (minute < 30 ? { quietUntil: at(30) } : {});
    expect(story([...seenFor(40), ...calm(4)], quiet)).toEqual(['30 opened', '42 resolved']);
    expect(story([...seenFor(10), ...calm(40)], quiet)).toEqual([]);
  });

  it('that is resolved in a quiet time is told as resolved when that ends', () => {
    const standing = {
      severity: 'warning',
      calmSince: at(0),
      notifiedAt: at(-60),
      notifiedSeverity: 'warning',
    } as const;
    const next = step({ ...standing, acknowledgedAt: null }, undefined, by(10, { quietUntil: at(30) }));
    expect(next).toEqual({ to: 'resolved', tell: 'resolved', tellAt: at(30) });
  });

  it('breaks through a quiet time when it is critical, unless the rule says otherwise', () => {
    expect(story(seenFor(3, 'critical'), () => ({ quietUntil: at(30) }))).toEqual(['0 opened']);
    expect(story(seenFor(3, 'critical'), () => ({ quietUntil: at(30), quietHoldsCritical: true }))).toEqual([]);
  });

  it('that becomes critical is told again at once', () => {
    expect(story([...seenFor(5), ...seenFor(5, 'critical')])).toEqual(['0 opened', '5 opened']);
  });

  it('that is muted tells nothing, not even its end', () => {
    expect(story([...seenFor(70), ...calm(5)], () => ({ isMuted: true }))).toEqual([]);
    expect(story([...seenFor(70), ...calm(5)], (minute) => ({ isMuted: minute >= 30 }))).toEqual(['0 opened']);
  });

  it('whatever happens tells an end only after a beginning, and of each once', () => {
    const moment = fc.record({
      seen: fc.constantFrom('warning', 'critical', undefined),
      isMuted: fc.boolean(),
      isQuiet: fc.boolean(),
      quietHoldsCritical: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(moment, { maxLength: 60 }), (moments) => {
        const told = story(
          moments.map(({ seen }) => seen),
          (minute) => {
            const { isMuted = false, isQuiet = false, quietHoldsCritical = false } = moments[minute] ?? {};
            return { isMuted, quietHoldsCritical, quietUntil: isQuiet ? at(minute + 1) : undefined, remindMs: 0 };
          },
        ).map((entry) => entry.split(' ')[1]);
        told.forEach((word, index) => {
          if (word === 'resolved') expect(told[index - 1]).toBe('opened');
        });
      }),
    );
  });
});
