import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { SpoolRecord } from '#ingest/spool/record.ts';
import { createSpool, type Spool, type SpooledSegment, type SpoolOptions } from '#ingest/spool/spool.ts';
import { systemClock } from '#platform/clock.ts';
import { silentLogger } from '#platform/log.ts';
import { ownIdentity, type ProcessIdentity } from '#platform/process-identity.ts';
import type { Service } from '#platform/service.ts';
import { exampleRecord } from './example-record.ts';

/** A DATA_DIR of its own that goes with the test. */
export function spoolDataDir(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'historybook-spool-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

/** A spool that runs, and stops with the test. */
export async function startSpool(
  options: Partial<SpoolOptions> & { readonly dataDir: string },
): Promise<Spool & Service> {
  const spool = createSpool({
    clock: systemClock,
    log: silentLogger,
    maxBytes: 2 ** 30,
    maxAgeMs: 7 * 24 * 3_600_000,
    ...options,
  });
  await spool.start();
  onTestFinished(() => spool.stop());
  return spool;
}

/** A process that is gone: what a spool that is made under its name leaves behind is adopted at once. */
export function deadProcess(): ProcessIdentity {
  return { ...ownIdentity(), started: 'long ago' };
}

/** Takes everything out of a spool; what it was, in the order of the drain. */
export async function drainAll(spool: Spool): Promise<string[]> {
  const all: string[] = [];
  for (let oldest = await spool.oldest(); oldest; oldest = await spool.oldest()) {
    all.push(...descriptionsOf(await recordsIn(oldest)));
    await spool.remove(oldest.segment);
  }
  return all;
}

export function recordsIn({ content }: SpooledSegment): Promise<SpoolRecord[]> {
  return content.take(0, content.count);
}

function descriptionsOf(records: readonly SpoolRecord[]): string[] {
  return records.map((record) => (record.kind === 'activity' ? record.activity.description : JSON.stringify(record)));
}

/** The paths of all files below a folder, relative to it, sorted. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** Puts a record for each name into the spool; resolves when all are on the disk. */
export async function append(spool: Spool, ...names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => spool.append(exampleRecord(name))));
}

/** The path of the only segment file of a DATA_DIR. */
export function segmentOf(dataDir: string): string {
  const [path, ...others] = filesIn(join(dataDir, 'spool')).filter((name) => /\.(open|seg)$/.test(name));
  if (path === undefined || others.length > 0) throw new Error(`segments: ${[path, ...others]}`);
  return join(dataDir, 'spool', path);
}

/** A segment file with these records, left behind by a process that is gone; `isStopped` when it ended in good order. */
export async function leaveBehind(dataDir: string, names: readonly string[], isStopped = false): Promise<string> {
  const spool = await startSpool({ dataDir, identity: deadProcess() });
  await append(spool, ...names);
  if (isStopped) await spool.stop();
  return segmentOf(dataDir);
}
