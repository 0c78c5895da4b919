/**
 * `npm run bench`: measures what Historybook promises in numbers, each against its limit in the same run, and writes
 * bench/results/<date>.json and bench/results/latest.md. One part alone: `npm run bench -- ingest`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { measure as client } from './client.ts';
import { measure as ingest } from './ingest.ts';
import { measure as live } from './live-fanout.ts';
import { type BenchRow, isReached, ratioOf, toMarkdown } from './report.ts';
import { measure as spool } from './spool.ts';

const PARTS = new Map([
  ['ingest', ingest],
  ['live', live],
  ['spool', spool],
  ['client', client],
]);
const RESULTS = fileURLToPath(new URL('results', import.meta.url));

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !PARTS.has(name));
if (unknown.length > 0) {
  console.error(`There is no part ${unknown.join(', ')}; there are ${[...PARTS.keys()].join(', ')}.`);
  process.exit(2);
}

// Ctrl-C ends the processes being measured; what they were measured with is then put away in order.
process.on('SIGINT', () => undefined);

const machine = {
  processor: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  system: `${platform()} ${arch()}, Node ${process.versions.node}`,
  loadBefore: loadavg()[0],
};
const startedAt = new Date();
const rows: BenchRow[] = [];
for (const [name, measure] of PARTS) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n${name}`);
  rows.push(...(await measure((line) => console.log(`  ${line}`))));
}

const table = toMarkdown(rows);
console.log(`\n${table}\n`);
const stamp = startedAt.toISOString().slice(0, 19).replaceAll(':', '-');
mkdirSync(RESULTS, { recursive: true });
const figures = rows.map((row) => ({ ...row, ratio: ratioOf(row), ok: isReached(row) }));
writeFileSync(`${RESULTS}/${stamp}.json`, `${JSON.stringify({ startedAt, machine, rows: figures }, null, 2)}\n`);
writeFileSync(`${RESULTS}/latest.md`, report());
console.log(`Written to ${RESULTS}`);
process.exitCode = rows.every(isReached) ? 0 : 1;

function report(): string {
  const { processor, memoryGb, system, loadBefore = 0 } = machine;
  const notes = rows.filter(({ notes }) => notes).map(({ name, notes }) => `- ${name}: ${notes}`);
  return [
    '# Benchmark',
    '',
    `${startedAt.toISOString()} on ${processor}, ${memoryGb} GB, ${system}; load before the run ${loadBefore.toFixed(1)}.`,
    'A value and its limit were measured in turn, in several rounds. Of what was stored a second all rounds count together, of all',
    'else the median.',
    '',
    table,
    '',
    'Rounds:',
    '',
    ...notes,
    '',
  ].join('\n');
}
