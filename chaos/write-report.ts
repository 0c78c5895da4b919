import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { CAMPAIGNS } from './campaigns/index.ts';
import type { Result } from './results.ts';

const LATEST = fileURLToPath(new URL('results/latest.md', import.meta.url));
const DOCUMENT = fileURLToPath(new URL('../docs/reliability.md', import.meta.url));
const [BEGIN, END] = ['<!-- results: begin -->', '<!-- results: end -->'];

export function describeMachine(): string {
  const processor = `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}`;
  return `${processor}, ${Math.round(totalmem() / 2 ** 30)} GB, ${platform()} ${arch()}, Node ${process.versions.node}`;
}

/** Writes results/latest.md, and the table into docs/reliability.md between its two marks. */
export function writeReport(results: readonly Result[]): void {
  const ordered = CAMPAIGNS.flatMap(({ name }) => results.filter((result) => result.name === name));
  const table = tableOf(ordered);
  writeFileSync(LATEST, `# Chaos\n\n${table}\n${ordered.map(detailsOf).join('\n')}`);
  if (!existsSync(DOCUMENT)) return;
  const text = readFileSync(DOCUMENT, 'utf8');
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`docs/reliability.md has lost its marks ${BEGIN} and ${END}`);
  writeFileSync(DOCUMENT, `${text.slice(0, from + BEGIN.length)}\n\n${table}\n${text.slice(to)}`);
}

const HEAD = [
  'campaign',
  'faults',
  'acknowledged',
  'stored',
  'lost',
  'doubled',
  'wrong body',
  'live gaps',
  'time',
  'as promised',
];

function tableOf(results: readonly Result[]): string {
  const rows = results.map((result) => {
    const { title, faults, check, seconds, failures } = result;
    const figures = check
      ? [
          check.acknowledged,
          check.stored,
          check.lost,
          check.doubled,
          check.wrongBody,
          check.notShown + check.shownTwice + check.inversions,
        ].map(grouped)
      : Array.from({ length: 6 }, () => '');
    return [title, counted(faults), ...figures, duration(seconds), failures.length === 0 ? 'yes' : 'NO'];
  });
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return `${[line(HEAD), line(HEAD.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}

function detailsOf({ name, seed, scale, startedAt, machine, measures, check, failures }: Result): string {
  const share = scale === 1 ? 'whole' : `scale ${scale}`;
  const lines = [`## ${name}`, '', `Seed ${seed}, ${share}, ${startedAt}, on ${machine}.`, ''];
  if (check) {
    const { receipts, otherId, strayReceipts, aliased = 0, strangers, resyncs, connections } = check;
    lines.push(
      `- receipts ${grouped(receipts)}; stored under an id that no receipt names ${otherId}, receipts beside the right one that name none ${strayReceipts}, by an alias ${aliased}, in the book and nobody was told ${strangers}`,
      `- live subscriber: ${connections} connections, ${resyncs} resyncs, not shown ${check.notShown}, twice ${check.shownTwice}, out of order ${check.inversions}`,
    );
  }
  for (const [what, value] of Object.entries(measures)) lines.push(`- ${what}: ${grouped(value)}`);
  for (const failure of failures) lines.push(`- **not as promised**: ${failure}`);
  return `${lines.join('\n')}\n`;
}

function counted(faults: Result['faults']): string {
  return Object.entries(faults)
    .map(([kind, count]) => `${grouped(count)} ${kind}`)
    .join(', ');
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

function duration(seconds: number): string {
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
