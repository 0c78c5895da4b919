/**
 * `npm run chaos`: does to Historybook what the world may do to it, and has the book checked afterwards.
 *
 *   npm run chaos                                    all campaigns, about an hour on two cores
 *   npm run chaos -- kill-app --seed 7 --scale 0.1   one of them, with another plan of faults, a tenth as long
 *   npm run chaos -- --resume                        goes on behind the campaigns that have passed with this seed and scale
 *
 * Results go to chaos/results, the table to docs/reliability.md. The status is 1 when anything is not as promised; the
 * files of a campaign that failed are kept.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { removeEmbeddedData } from '#platform/embedded/postgres.ts';
import { CAMPAIGNS } from './campaigns/index.ts';
import type { Campaign, Outcome } from './harness/campaign.ts';
import { createRandom } from './harness/random.ts';
import { isCovered, keepResult, type Result, readResults } from './results.ts';
import { describeMachine, writeReport } from './write-report.ts';

const options = readOptions();
const chosen = CAMPAIGNS.filter(({ name }) => options.names.length === 0 || options.names.includes(name));
let folder: string | undefined;
// The processes of a campaign end with this one; a database server does not.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    for (const data of folder ? [join(folder, 'data'), join(folder, 'database')] : []) await removeEmbeddedData(data);
    if (folder) rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  });
}

let failed = 0;
for (const campaign of chosen) {
  if (options.resume && isCovered(readResults(), campaign.name, options)) {
    console.log(`${campaign.name}: passed with seed ${options.seed} before`);
    continue;
  }
  const result = await run(campaign);
  if (result.failures.length > 0) failed += 1;
  if (!keepResult(result)) console.log('  a longer run of it is on record; this one is not written down');
  writeReport(readResults());
}
console.log(failed === 0 ? '\nEverything is as promised.' : `\n${failed} of ${chosen.length} campaigns failed.`);
process.exit(failed === 0 ? 0 : 1);

async function run(campaign: Campaign): Promise<Result> {
  const { seed, scale } = options;
  const place = mkdtempSync(join(tmpdir(), `historybook-chaos-${campaign.name}-`));
  folder = place;
  const startedAt = new Date();
  const say = (line: string) => console.log(`  ${new Date().toISOString().slice(11, 19)} ${line}`);
  console.log(`\n${campaign.name}: ${campaign.title} (seed ${seed}, scale ${scale})`);
  const outcome = await attempt(() =>
    campaign.run({ random: createRandom(`${seed}/${campaign.name}`), scale, folder: place, say }),
  );
  const { name, title } = campaign;
  const seconds = Math.round((Date.now() - startedAt.getTime()) / 1000);
  const result = { name, title, seed, scale, startedAt: startedAt.toISOString(), seconds, machine: describeMachine() };
  tell(outcome, seconds, say);
  if (outcome.failures.length === 0) rmSync(place, { recursive: true, force: true });
  else say(`seed ${seed}; everything of this run is kept in ${place}`);
  folder = undefined;
  return { ...result, ...outcome };
}

async function attempt(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { faults: {}, measures: {}, failures: [`it could not be run to its end: ${reason}`] };
  }
}

function tell({ faults, check, measures, failures }: Outcome, seconds: number, say: (line: string) => void): void {
  const list = (values: Readonly<Record<string, number>>) =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
  say(`${list(faults)}; ${seconds} s`);
  if (check) {
    const { acknowledged, stored, lost, doubled, wrongBody, notShown, shownTwice, inversions, connections } = check;
    say(`acknowledged ${acknowledged}, stored ${stored}, lost ${lost}, doubled ${doubled}, wrong body ${wrongBody}`);
    say(`live: not shown ${notShown}, twice ${shownTwice}, out of order ${inversions}, ${connections} connections`);
  }
  say(list(measures));
  for (const failure of failures) say(`NOT AS PROMISED: ${failure}`);
}

function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: '1' },
      scale: { type: 'string', default: '1' },
      resume: { type: 'boolean', default: false },
    },
  });
  const known = CAMPAIGNS.map(({ name }) => name);
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) stop(`There is no campaign ${unknown.join(', ')}; there are ${known.join(', ')}.`);
  const scale = Number(values.scale);
  if (!(scale > 0 && scale <= 10)) stop(`--scale must be a number above 0, up to 10, not ${values.scale}.`);
  return { names: positionals, seed: values.seed, scale, resume: values.resume };
}

function stop(message: string): never {
  console.error(message);
  process.exit(2);
}
