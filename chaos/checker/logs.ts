import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * The files that clients and live subscribers write, a line for each thing they were told:
 *
 *   acks-<client>.log        token TAB activity id TAB status TAB fingerprint
 *   follower-<name>.log      position TAB activity id, or "connect", or "resync"
 *
 * A token names an event and is in its execution id; `-` stands for an event whose token may not be in the book as it was,
 * and for a content that is not to be compared.
 */
export const UNKNOWN = '-';

export interface Acknowledgement {
  readonly token: string;
  readonly id: string;
  readonly status: string;
  readonly fingerprint: string;
}

export async function* readAcknowledgements(folder: string): AsyncGenerator<Acknowledgement> {
  for (const file of filesOf(folder, 'acks-')) {
    for await (const line of linesOf(file)) {
      const [token = '', id = '', status = '', fingerprint = ''] = line.split('\t');
      yield { token, id, status, fingerprint };
    }
  }
}

export function followerLogs(folder: string): string[] {
  return filesOf(folder, 'follower-');
}

export function linesOf(file: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
}

function filesOf(folder: string, beginning: string): string[] {
  const names = readdirSync(folder).filter((name) => name.startsWith(beginning) && name.endsWith('.log'));
  return names.toSorted().map((name) => join(folder, name));
}
