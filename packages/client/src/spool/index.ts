/**
 * The spool: where events wait on the disk of this machine until they are acknowledged. Promises that nothing readable is
 * ever skipped and nothing unreadable thrown away; what is sent twice is in the book once, by its key.
 */
import type { Settings } from '../options.ts';
import type { Reports } from '../reports.ts';
import { type Aside, createAside } from './aside.ts';
import { destinationOf } from './destination.ts';
import { diskFiles } from './files.ts';
import { createJournal, type Journal } from './journal.ts';
import { createOwnership } from './ownership.ts';

export interface Spool {
  readonly journal: Journal;
  readonly aside: Aside;
}

/** A segment is what is sent again at most after a crash, and what is read into memory at once. */
const SEGMENT_BYTES = 2 ** 20;

export function openSpool(settings: Settings, reports: Reports, now: () => number): Spool | undefined {
  const { spoolDir: root, adoptFrom, files = diskFiles } = settings;
  if (root === undefined) return undefined;
  const destination = destinationOf(settings);
  const former = adoptFrom.map((other) => {
    // A key of its own, without a workspace, means the workspace that key stands for.
    const workspaceId = other.workspaceId ?? (other.apiKey === undefined ? settings.workspaceId : undefined);
    return destinationOf({ ...settings, ...other, workspaceId });
  });
  const ownership = createOwnership({ root, files, destination, former, reports, now });
  const aside = createAside(root, files, reports);
  const journal = createJournal({ files, ownership, aside, reports, segmentBytes: SEGMENT_BYTES, now });
  return { journal, aside };
}
