import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Outcome } from './harness/campaign.ts';

/** One run of a campaign, as it is written down. */
export interface Result extends Outcome {
  readonly name: string;
  readonly title: string;
  readonly seed: string;
  readonly scale: number;
  readonly startedAt: string;
  readonly seconds: number;
  readonly machine: string;
}

const FOLDER = fileURLToPath(new URL('results', import.meta.url));

/** Writes a run down, unless a longer one that passed is there: a quick look must not replace the proof. */
export function keepResult(result: Result): boolean {
  const before = readResults().find(({ name }) => name === result.name);
  const isGood = result.failures.length === 0;
  if (before && isGood && before.failures.length === 0 && before.scale > result.scale) return false;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${result.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  return true;
}

export function readResults(): Result[] {
  if (!existsSync(FOLDER)) return [];
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  return names.map((name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Result);
}

/** Whether this campaign has passed with this seed, at least as long. */
export function isCovered(
  results: readonly Result[],
  name: string,
  { seed, scale }: { readonly seed: string; readonly scale: number },
): boolean {
  const found = results.find((result) => result.name === name);
  return found !== undefined && found.failures.length === 0 && found.seed === seed && found.scale >= scale;
}
