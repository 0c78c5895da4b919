/** `npm run parity`: see HELP. */
import { parseArgs } from 'node:util';
import { loadConfig } from '#platform/config.ts';
import { createLogger } from '#platform/log.ts';
import { openOwnBook } from '#runtime/book.ts';
import { compareFile, parityFlags } from './import/compare-file.ts';
import { runCommand, UsageError } from './terminal/command.ts';

const HELP = `historybook parity FILE --preset sms-audit

Compares an older system's records with the book (docs/import.md).
  --preset NAME | --mapping FILE.json   as for an import, with --workspace, --column, --format, --delimiter, --encoding
  --output table|json|csv               a table by day (the usual), all of it as JSON, or what is named as CSV
  --show 20                             how many of those missing the table names; all are kept, and in JSON and CSV
  --all                                 also the days on which nothing is missing
  --strict                              differing and extra ones count as much as missing ones
  --import                              bring what is missing into the book
Ends with 0 when nothing is missing, with 2 when something is.
`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const OPTIONS = {
  ...{ preset: text, mapping: text, workspace: text, format: text, delimiter: text, encoding: text },
  ...{ 'time-zone': text, output: text, show: text },
  column: { type: 'string', multiple: true },
  ...{ all: flag, strict: flag, import: flag },
} as const;

await runCommand(HELP, async () => {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const flags = parityFlags.parse(values);
  const [file, ...others] = positionals;
  if (file === undefined) throw new UsageError('Name the file to compare: historybook parity FILE --preset sms-audit');
  if (others.length > 0) throw new UsageError(`Give one file; ${others.join(', ')} is too many.`);
  const log = createLogger({ level: 'warn', destination: process.stderr });
  const book = await openOwnBook(loadConfig(), log);
  try {
    return await compareFile(book, file, flags);
  } finally {
    await book.close();
  }
});
