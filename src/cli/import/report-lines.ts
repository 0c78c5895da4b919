import type { ImportResult } from '#ops/import/index.ts';

const STATES: Readonly<Record<ImportResult['state'], string>> = {
  done: 'done',
  stopped: 'stopped before its end',
  failed: 'FAILED',
};

/** What became of an import, for people. */
export function reportLines(title: string, result: ImportResult, isDryRun = false): string[] {
  const { state, error, counts, report } = result;
  const row = (words: string, count: number) => (count > 0 ? [`  ${number(count).padStart(12)}  ${words}`] : []);
  return [
    `${title}: ${STATES[state]}${error ? ` (${error})` : ''}`,
    `  ${number(counts.records).padStart(12)}  records`,
    `  ${number(counts.stored).padStart(12)}  ${isDryRun ? 'activities would be new in the book' : 'activities new in the book'}`,
    ...row('were there already', counts.duplicates),
    ...row('leads created', counts.leadsCreated),
    ...row('records that say of no event', counts.withoutEvent),
    `  ${number(counts.rejected).padStart(12)}  refused`,
    ...(report.reasons.length > 0 ? ['', 'Refused because:'] : []),
    ...report.reasons.flatMap(({ code, path, count, examples }) => [
      `  ${number(count).padStart(12)}  ${code}${path ? ` in ${path}` : ''}`,
      ...examples.slice(0, 3).map(({ line, message }) => `                  line ${line}: ${message}`),
    ]),
    ...(report.notices.length > 0 ? ['', 'Taken, and worth knowing:'] : []),
    ...report.notices.map(({ kind, column, detail, count, lines }) => {
      const where = lines.length > 0 ? ` (line ${lines.slice(0, 3).join(', ')}${count > 3 ? ' …' : ''})` : '';
      return `  ${number(count).padStart(12)}  ${column}: ${detail}${kind === 'corrected' ? ' (put right)' : ''}${where}`;
    }),
  ];
}

function number(count: number): string {
  return count.toLocaleString('en');
}
