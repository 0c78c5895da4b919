import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceDurably } from '../durable-file.ts';

/** Where the embedded server listened last, so that addresses that people wrote down go on working. */
const FILE = 'postgres-port';

/** The port of the last start; undefined before the first one. */
export function readKeptPort(dataDir: string): number | undefined {
  try {
    const port = Number(readFileSync(join(dataDir, FILE), 'utf8'));
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
  } catch {
    return undefined;
  }
}

export function keepPort(dataDir: string, port: number): void {
  if (readKeptPort(dataDir) !== port) replaceDurably(join(dataDir, FILE), `${port}\n`, 0o600);
}
