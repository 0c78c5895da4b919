import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { ParityItem, ParityRunView } from '#domain/parity.ts';
import { workOnImport } from '#ops/import/index.ts';
import { beginMissing, beginParity, missingFeed, type ParityRow, workOnParity } from '#ops/parity/index.ts';
import { itemsCsv, itemsOf } from '#ops/parity/output.ts';
import { readCells, readItems, toParityView } from '#ops/parity/store.ts';
import type { Book } from '#runtime/book.ts';
import { EXIT, onInterrupt } from '../terminal/command.ts';
import { createProgress, createRate } from '../terminal/progress.ts';
import { fileFlags, openFile, userLabel } from './import-file.ts';
import { parityLines } from './parity-lines.ts';
import { reportLines } from './report-lines.ts';

export const parityFlags = fileFlags.omit({ json: true }).extend({
  output: z.enum(['table', 'json', 'csv'], 'must be table, json or csv').default('table'),
  show: z.coerce.number().int().min(0).max(100_000).default(20),
  all: z.boolean().default(false),
  strict: z.boolean().default(false),
  import: z.boolean().default(false),
});
export type ParityFlags = z.output<typeof parityFlags>;

const say = (line: string) => process.stderr.write(`${line}\n`);

/** Compares a file with the book and says what is missing. @returns the exit code */
export async function compareFile(book: Book, path: string, flags: ParityFlags): Promise<number> {
  const signal = onInterrupt(say);
  const opened = await openFile(book, path, { ...flags, json: false });
  const run = await beginParity(book, opened, { by: userLabel(), filePath: resolve(path) });
  const progress = createProgress();
  const words = createRate();
  const over = await workOnParity(book, run, opened, {
    signal,
    onProgress: ({ records, missing }, bytes) => {
      const rate = words(records, bytes, opened.file.bytes);
      const told = `${records.toLocaleString('en')} events · ${missing.toLocaleString('en')} missing · ${rate}`;
      progress.show(bytes, opened.file.bytes, told);
    },
  });
  progress.end();
  const view = toParityView(over);
  await tell(book, view, flags);
  if (over.state === 'failed') return EXIT.failed;
  if (over.state === 'stopped') return EXIT.stopped;
  if (flags.import && view.counts.missing > 0) return importMissing(book, over, signal);
  const { missing, different, extra } = view.counts;
  const isWrong = missing > 0 || (flags.strict && (different > 0 || extra > 0));
  return isWrong ? EXIT.notAll : EXIT.ok;
}

async function tell(book: Book, view: ParityRunView, { output, show, all }: ParityFlags): Promise<void> {
  if (output === 'csv') return print(itemsCsv(itemsOf(book.pool, view.id)));
  if (output === 'json') return print(jsonOf(view, await readCells(book.pool, view.id), itemsOf(book.pool, view.id)));
  const cells = await readCells(book.pool, view.id, !all);
  const missing = show > 0 ? await readItems(book.pool, view.id, { kind: 'missing' }, { limit: show }) : [];
  process.stdout.write(`${parityLines(view, cells, missing).join('\n')}\n`);
}

async function* jsonOf(view: ParityRunView, cells: readonly object[], items: AsyncIterable<ParityItem>) {
  yield `{"run":${JSON.stringify(view)},"cells":${JSON.stringify(cells)},"items":[`;
  let isFirst = true;
  for await (const item of items) {
    yield `${isFirst ? '' : ','}\n${JSON.stringify(item)}`;
    isFirst = false;
  }
  yield ']}\n';
}

function print(parts: AsyncIterable<string>): Promise<void> {
  return pipeline(Readable.from(parts), process.stdout, { end: false });
}

async function importMissing(book: Book, { id, workspace_id: workspaceId }: ParityRow, signal: AbortSignal) {
  const run = await beginMissing(book, workspaceId, id, userLabel());
  const result = await workOnImport(book, run, missingFeed(book.pool, id), { signal });
  say(reportLines(`Import ${run.id} of what was missing`, result).join('\n'));
  if (result.state !== 'done') return result.state === 'failed' ? EXIT.failed : EXIT.later;
  return result.counts.rejected > 0 ? EXIT.notAll : EXIT.ok;
}
