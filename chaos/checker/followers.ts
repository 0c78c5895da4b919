import { basename } from 'node:path';
import type { Examples } from './examples.ts';
import { followerLogs, linesOf } from './logs.ts';
import type { CheckReport } from './report.ts';

type Shown = Pick<CheckReport, 'notShown' | 'shownTwice' | 'inversions' | 'resyncs' | 'connections'>;

/**
 * Whether each live subscriber, who followed from before the first event, was shown everything that is in the book: each
 * event once and in the order of the book.
 */
export async function checkFollowers(
  folder: string,
  positions: readonly string[],
  ids: readonly string[],
  examples: Examples,
): Promise<Shown> {
  const total = { notShown: 0, shownTwice: 0, inversions: 0, resyncs: 0, connections: 0 };
  for (const file of followerLogs(folder)) {
    const name = basename(file, '.log');
    const shown = new Set<string>();
    let last = 0n;
    for await (const line of linesOf(file)) {
      if (line === 'connect') total.connections += 1;
      else if (line === 'resync') total.resyncs += 1;
      else {
        const [position = '0', id = ''] = line.split('\t');
        if (shown.has(id)) {
          total.shownTwice += 1;
          examples.add('shownTwice', `${name}: ${id} at ${position}`);
        } else if (BigInt(position) <= last) {
          total.inversions += 1;
          examples.add('inversions', `${name}: ${id} at ${position} after ${last}`);
        }
        shown.add(id);
        last = BigInt(position) > last ? BigInt(position) : last;
      }
    }
    for (const [i, id] of ids.entries()) {
      if (shown.has(id)) continue;
      total.notShown += 1;
      examples.add('notShown', `${name}: ${id} at ${positions[i]}`);
    }
  }
  return total;
}
