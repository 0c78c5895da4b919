import { basename } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files whose tests start and kill processes: one of them runs for minutes, however short its text is. */
const LONG = ['quick.int.test.ts', 'start-stop.int.test.ts', 'import.int.test.ts', 'outage.int.test.ts'];

/**
 * The longest files first, so that at the end not one worker runs for minutes and the others are idle. Vitest knows how long
 * they take only where they have run before, which on a fresh clone they have not; then it goes by their size.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONG.indexOf(basename(moduleId));
  return place < 0 ? LONG.length : place;
}
