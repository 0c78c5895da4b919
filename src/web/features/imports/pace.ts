/** How far a run was when the page asked. */
export interface Sample {
  /** Milliseconds; of one clock. */
  readonly at: number;
  readonly records: number;
  readonly bytes: number;
}

export interface Pace {
  readonly recordsPerSecond: number;
  readonly secondsLeft: number;
}

/** Less than that says more of a batch than of the run, in milliseconds. */
const ENOUGH_MS = 4_000;
/** What counts: a run is slower, or faster, now than it was in the beginning. */
const WINDOW_MS = 60_000;

/** The samples of the last minute, with a new one where it says something new. */
export function withSample(samples: readonly Sample[], next: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last && last.records === next.records && last.bytes === next.bytes) return samples;
  // One that goes back is of a run that was begun anew.
  if (last && (next.records < last.records || next.bytes < last.bytes)) return [next];
  return [...samples.filter(({ at }) => next.at - at <= WINDOW_MS), next];
}

/** How fast it goes and how long it will still take; undefined as long as that would be a guess. */
export function paceOf(samples: readonly Sample[], bytes: number): Pace | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.at - first.at < ENOUGH_MS) return undefined;
  const seconds = (last.at - first.at) / 1000;
  const bytesPerSecond = (last.bytes - first.bytes) / seconds;
  if (bytesPerSecond <= 0) return undefined;
  return {
    recordsPerSecond: (last.records - first.records) / seconds,
    secondsLeft: Math.max(0, bytes - last.bytes) / bytesPerSecond,
  };
}

/** A length of time as people say it: a minute or two matter little to who waits for an hour. */
export function roughly(seconds: number): string {
  if (seconds < 55) return 'less than a minute';
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return minutes === 1 ? 'about a minute' : `about ${minutes} minutes`;
  const halves = Math.round(seconds / 1800) / 2;
  return halves === 1 ? 'about an hour' : `about ${halves} hours`;
}
