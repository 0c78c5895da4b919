/**
 * Whether a source is quiet for longer than it uses to be. The measure is its own past: how long had it been quiet at this
 * time of the week in each of the last weeks? A service that works in the day, or on weekdays, or once a night has long
 * silences at the same times every week, and they alarm nobody.
 *
 *   this week     ··|·|·|·|·|                 now      quiet for 3 h
 *   a week ago    ··|·|·|·|·|·|·|·|·|·|·|     ▲        quiet for 10 min at most, an hour before to an hour after
 *   two weeks …   ··|·|·|·|·|·|·|·|·|·|·|     │
 *
 * Before it alarms, the rule is tried on the past itself: for a source that never was regular it would have alarmed again
 * and again, and is then made so much less sensitive that it would not have.
 */
export const RHYTHM_WEEKS = 8;
/** What comes once a night does not come at the same minute: past silences are looked at an hour around the time. */
export const SLACK_MS = 3_600_000;
const WEEK_MS = 7 * 86_400_000;
/** Of the past weeks' silences that many are no longer than what is expected: one week of outage changes nothing. */
const QUANTILE = 0.75;
/** A single alarm in the past is taken for an outage, which it was right to report. */
const OUTAGES = 1;
const MARGIN = 1.25;

export interface RhythmRule {
  readonly factor: number;
  readonly minMs: number;
  readonly weeks: number;
}

export interface RhythmInput {
  /** When something came, in milliseconds, oldest first. */
  readonly times: readonly number[];
  readonly now: number;
  /** The same time of the week in past weeks; by the clocks, so that it does not move when they are changed. */
  readonly sameTime: readonly number[];
}

export type RhythmVerdict =
  | { readonly verdict: 'too-little-history'; readonly weeks: number }
  | {
      readonly verdict: 'usual' | 'silent';
      /** All in milliseconds. */
      readonly silenceMs: number;
      readonly expectedMs: number;
      readonly limitMs: number;
      readonly weeks: number;
    };

export function judgeSilence({ times, now, sameTime }: RhythmInput, rule: RhythmRule): RhythmVerdict {
  const past = silencesAround(times, sameTime);
  const weeks = past.length;
  const last = times[countUpTo(times, now) - 1];
  if (weeks < rule.weeks || last === undefined) return { verdict: 'too-little-history', weeks };
  const silenceMs = now - last;
  const expectedMs = quantile(past, QUANTILE);
  let limitMs = Math.max(rule.minMs, expectedMs * rule.factor);
  if (silenceMs > limitMs) limitMs *= sensitivity(times, rule);
  return { verdict: silenceMs > limitMs ? 'silent' : 'usual', silenceMs, expectedMs, limitMs, weeks };
}

/** By how much the limit has to be raised so that the rule would not have alarmed in the past; at least 1. */
function sensitivity(times: readonly number[], rule: RhythmRule): number {
  const excesses: number[] = [];
  for (let index = 1; index < times.length; index += 1) {
    const [from = 0, to = 0] = times.slice(index - 1, index + 1);
    if (to - from <= rule.minMs) continue;
    const others = silencesAround(times, otherWeeks(to));
    if (others.length < rule.weeks) continue;
    const limit = Math.max(rule.minMs, quantile(others, QUANTILE) * rule.factor);
    if (to - from > limit) excesses.push((to - from) / limit);
  }
  return excesses.length > OUTAGES ? Math.max(...excesses) * MARGIN : 1;
}

function otherWeeks(at: number): number[] {
  return Array.from({ length: RHYTHM_WEEKS }, (_, index) => (index + 1) * WEEK_MS).flatMap((ms) => [at - ms, at + ms]);
}

/** How long it was quiet around each of these instants, where that is known. */
function silencesAround(times: readonly number[], instants: readonly number[]): number[] {
  return instants.flatMap((at) => longestSilence(times, at - SLACK_MS, at + SLACK_MS) ?? []);
}

/**
 * The longest silence that was going on at any moment from `from` to `to`, counted from its beginning, even before
 * `from`. Undefined when nothing had come before `from`, or nothing came after `to`: it is not known then how long it was.
 */
export function longestSilence(times: readonly number[], from: number, to: number): number | undefined {
  const first = countUpTo(times, from) - 1;
  const end = countUpTo(times, to);
  if (first < 0 || end === times.length) return undefined;
  let longest = to - (times[end - 1] ?? to);
  for (let index = first + 1; index < end; index += 1) {
    longest = Math.max(longest, (times[index] ?? 0) - (times[index - 1] ?? 0));
  }
  return longest;
}

/** How many of the sorted `times` are not after `at`. */
function countUpTo(times: readonly number[], at: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Between two values in proportion, as usual. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const low = sorted[Math.floor(position)] ?? 0;
  const high = sorted[Math.ceil(position)] ?? low;
  return low + (high - low) * (position - Math.floor(position));
}
