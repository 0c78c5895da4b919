/** `npm run import`: see HELP. */
import { parseArgs } from 'node:util';
import { loadConfig } from '#platform/config.ts';
import { createLogger } from '#platform/log.ts';
import { openOwnBook } from '#runtime/book.ts';
import { importFile, importFlags } from './import/import-file.ts';
import { runCommand, UsageError } from './terminal/command.ts';

const HELP = `historybook import FILE --preset sms-audit

Brings the records of an older system into the book (docs/import.md).
  --preset NAME | --mapping FILE.json   how its columns are to be understood
  --workspace SHORT-NAME                needed where there are several
  --dry-run                             say what would be refused and why; store nothing
  --column "Ours=Theirs"                a column of the mapping under the name it has in the file; may be repeated
  --format csv|json|ndjson  --delimiter ";"  --encoding utf8|latin1|utf16le  --time-zone Europe/Berlin
  --batch 500  --rate 5000              events of one call; records a second at most
  --fresh                               begin anew although the same file was begun before
  --rejects FILE                        where to write what was refused (FILE.rejected.csv when not given)
  --save                                keep the mapping for the workspace, under its name
  --run ID                              go on with an import that stopped: of a file here, or of a parity check's records
  --json                                the report as JSON on the standard output
`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const OPTIONS = {
  ...{ preset: text, mapping: text, workspace: text, format: text, delimiter: text, encoding: text },
  ...{ 'time-zone': text, batch: text, rate: text, rejects: text, run: text },
  column: { type: 'string', multiple: true },
  ...{ 'dry-run': flag, fresh: flag, save: flag, json: flag },
} as const;

await runCommand(HELP, async () => {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const flags = importFlags.parse(values);
  const [file, ...others] = positionals;
  if (others.length > 0) throw new UsageError(`Give one file; ${others.join(', ')} is too many.`);
  const config = loadConfig();
  const log = createLogger({ level: 'warn', destination: process.stderr });
  const book = await openOwnBook(config, log);
  try {
    return await importFile(book, file, flags);
  } finally {
    await book.close();
  }
});
