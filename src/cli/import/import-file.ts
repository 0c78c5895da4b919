import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { ImportMapping } from '#domain/import-mapping.ts';
import type { Feed } from '#ops/import/feed.ts';
import {
  beginImport,
  feedOf,
  type ImportProgress,
  type ImportResult,
  type OpenedImport,
  openImport,
  parseMapping,
  type RunRow,
  readRun,
  settingsOf,
  tryImport,
  workOnImport,
} from '#ops/import/index.ts';
import { rejectedOf, rejectFile } from '#ops/import/rejects.ts';
import { openFeed } from '#ops/import-control/index.ts';
import { type Book, chooseWorkspace } from '#runtime/book.ts';
import { EXIT, onInterrupt, UsageError } from '../terminal/command.ts';
import { createProgress, createRate } from '../terminal/progress.ts';
import { reportLines } from './report-lines.ts';

/** The mapping and how the file is written: shared by import and parity. */
export const fileFlags = z.object({
  preset: z.string().optional(),
  mapping: z.string().optional(),
  workspace: z.string().optional(),
  format: z.enum(['csv', 'json', 'ndjson'], 'must be csv, json or ndjson').optional(),
  delimiter: z
    .string()
    .transform((given) => (given === '\\t' ? '\t' : given))
    .pipe(z.string().length(1, 'must be one character, or \\t'))
    .optional(),
  encoding: z.enum(['utf8', 'latin1', 'utf16le'], 'must be utf8, latin1 or utf16le').optional(),
  'time-zone': z.string().optional(),
  column: z.array(z.string().regex(/^[^=]+=.+$/, 'must be like "Event Time=Sent At"')).default([]),
  json: z.boolean().default(false),
});
export type FileFlags = z.output<typeof fileFlags>;

export const importFlags = fileFlags.extend({
  batch: z.coerce.number().int().min(1).max(1000).default(500),
  rate: z.coerce.number().positive().optional(),
  rejects: z.string().optional(),
  run: z.uuid('must be the id of an import').optional(),
  'dry-run': z.boolean().default(false),
  fresh: z.boolean().default(false),
  save: z.boolean().default(false),
});
export type ImportFlags = z.output<typeof importFlags>;

const say = (line: string) => process.stderr.write(`${line}\n`);

/** Imports a file, shows how far it is, and says at the end what became of it. @returns the exit code */
export async function importFile(book: Book, path: string | undefined, flags: ImportFlags): Promise<number> {
  const signal = onInterrupt(say);
  if (flags.run !== undefined) return goOn(book, flags.run, flags, signal);
  if (path === undefined) throw new UsageError('Name the file to import: historybook import FILE --preset sms-audit');
  const { batch, rate } = flags;
  const opened = await openFile(book, path, flags, { batch, ...(rate !== undefined && { rate }) });
  const { file, settings, workspaceId } = opened;
  if (flags.save) await book.mappings.save(workspaceId, settings.mapping, userLabel());

  if (flags['dry-run']) {
    const progress = follow(file.bytes);
    const result = await tryImport(book, opened, { signal, onProgress: progress.onProgress });
    progress.end();
    return conclude(result, { ...flags, title: 'Dry run: nothing was stored', runId: undefined, rejects: undefined });
  }
  const { run, isResumed } = await beginImport(book, opened, {
    ...{ origin: 'command', by: userLabel(), filePath: resolve(path), isFresh: flags.fresh },
  });
  if (isResumed) say(`Going on with import ${run.id} after ${run.records.toLocaleString('en')} records.`);
  else say(`Import ${run.id}: ${opened.fileName}, ${file.format}, by ${settings.mapping.name}.`);
  return workOn(book, run, feedOf(run, opened), path, flags, signal);
}

/** Takes up an import that stopped, by its id. */
async function goOn(book: Book, id: string, flags: ImportFlags, signal: AbortSignal): Promise<number> {
  const { id: workspaceId } = await chooseWorkspace(book.pool, flags.workspace);
  const run = await readRun(book.pool, workspaceId, id);
  say(`Going on with import ${run.id} of ${run.file_name} after ${run.records.toLocaleString('en')} records.`);
  return workOn(book, run, await openFeed(book, run), run.file_path ?? run.id, flags, signal);
}

async function workOn(
  book: Book,
  run: RunRow,
  feed: Feed,
  path: string,
  flags: ImportFlags,
  signal: AbortSignal,
): Promise<number> {
  const progress = follow(run.bytes);
  const { rate } = flags;
  const result = await workOnImport(book, run, feed, { signal, rate, onProgress: progress.onProgress });
  progress.end();
  const rejects = result.counts.rejected > 0 ? await writeRejects(book, run.id, run.format, path, flags) : undefined;
  return conclude(result, { ...flags, title: `Import ${run.id}`, runId: run.id, rejects });
}

/** Shows how far an import of so many bytes is. */
function follow(bytes: number) {
  const progress = createProgress();
  const words = createRate();
  return {
    end: progress.end,
    onProgress({ counts, place }: ImportProgress) {
      const rejected = counts.rejected > 0 ? ` · ${counts.rejected.toLocaleString('en')} refused` : '';
      const rateOf = words(counts.records, place.bytes, bytes);
      progress.show(place.bytes, bytes, `${counts.records.toLocaleString('en')} records${rejected} · ${rateOf}`);
    },
  };
}

/** Opens the file by the mapping that was named, for the workspace that was named. */
export async function openFile(
  book: Book,
  path: string,
  flags: FileFlags,
  more: { readonly batch?: number; readonly rate?: number } = {},
): Promise<OpenedImport> {
  const { id: workspaceId } = await chooseWorkspace(book.pool, flags.workspace);
  const mapping = await mappingOf(book, workspaceId, flags);
  const { format, delimiter, encoding, column } = flags;
  const settings = settingsOf(mapping, { aliases: aliasesOf(column), format, delimiter, encoding, ...more });
  return openImport(book.pool, { workspaceId, path, fileName: basename(path), settings });
}

/** @throws UsageError for a column that is given two names: only one of them could be meant */
function aliasesOf(pairs: readonly string[]): Record<string, string> {
  const aliases = new Map<string, string>();
  for (const pair of pairs) {
    const [ours = '', theirs = ''] = pair.split(/=(.*)/s, 2).map((name) => name.trim());
    const before = aliases.get(ours);
    if (before !== undefined && before !== theirs) {
      throw new UsageError(`--column: ${ours} is given two names, ${before} and ${theirs}: leave one out.`);
    }
    aliases.set(ours, theirs);
  }
  return Object.fromEntries(aliases);
}

async function mappingOf(book: Book, workspaceId: string, flags: FileFlags): Promise<ImportMapping> {
  const { preset, mapping: file, 'time-zone': timeZone } = flags;
  if ((preset === undefined) === (file === undefined)) {
    throw new UsageError('Say how the file is to be understood: --preset NAME or --mapping FILE.json, one of them.');
  }
  const found = preset === undefined ? await readMapping(file ?? '') : await book.mappings.get(workspaceId, preset);
  return timeZone === undefined ? found : parseMapping({ ...found, timeZone });
}

async function readMapping(path: string): Promise<ImportMapping> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(`The mapping ${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  });
  try {
    return parseMapping(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`The mapping ${path} is no JSON: ${error.message}`);
    throw error;
  }
}

async function writeRejects(
  book: Book,
  runId: string,
  format: string,
  path: string,
  flags: ImportFlags,
): Promise<string> {
  const target = flags.rejects ?? `${path}.rejected.${format === 'csv' ? 'csv' : 'ndjson'}`;
  await pipeline(Readable.from(rejectFile(rejectedOf(book.pool, runId), format)), createWriteStream(target));
  return target;
}

interface Conclusion {
  readonly title: string;
  readonly json: boolean;
  readonly runId: string | undefined;
  /** Where the refused records were written. */
  readonly rejects: string | undefined;
}

function conclude(result: ImportResult, { title, json, runId, rejects }: Conclusion): number {
  if (json) process.stdout.write(`${JSON.stringify({ runId: runId ?? null, rejects: rejects ?? null, ...result })}\n`);
  else process.stdout.write(`${reportLines(title, result, runId === undefined).join('\n')}\n`);
  if (rejects !== undefined) say(`What was refused is in ${rejects}: put it right and import that file.`);
  if (result.state === 'failed') return EXIT.failed;
  if (result.state === 'stopped') {
    say('The same command goes on where it stopped.');
    return result.error === 'stopped' ? EXIT.stopped : EXIT.later;
  }
  return result.counts.rejected > 0 ? EXIT.notAll : EXIT.ok;
}

/** Who sits at this machine, as histories name it. */
export function userLabel(): string {
  return `${userInfo().username} (command line)`;
}
