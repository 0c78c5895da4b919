import type { Issue } from './errors.ts';

/** An import of an older system's records, as people follow it. Instants are ISO 8601 in UTC. */
export const IMPORT_STATES = ['running', 'done', 'stopped', 'failed'] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

export const IMPORT_ORIGINS = ['command', 'upload', 'parity'] as const;
export type ImportOrigin = (typeof IMPORT_ORIGINS)[number];

/** Bytes of one file that is sent; a command on the server itself reads any. */
export const MAX_UPLOAD = 8 * 2 ** 30;

export interface ImportCounts {
  /** Records dealt with. */
  readonly records: number;
  /** Activities that this import put into the book. */
  readonly stored: number;
  /** Events that were there from an earlier import. */
  readonly duplicates: number;
  /** Records or events of records that were refused. */
  readonly rejected: number;
  /** Records that say of no event. */
  readonly withoutEvent: number;
  readonly leadsCreated: number;
}

export const NO_COUNTS: ImportCounts = {
  records: 0,
  stored: 0,
  duplicates: 0,
  rejected: 0,
  withoutEvent: 0,
  leadsCreated: 0,
};

/** Why records were refused, the most frequent reason first. */
export interface ImportReason {
  readonly code: string;
  /** The column or field. */
  readonly path: string;
  readonly count: number;
  readonly examples: readonly { readonly line: number; readonly message: string }[];
}

/** What was taken and is worth knowing: a spelling put right, an empty cell, a two-digit year. */
export interface ImportNotice {
  readonly kind: string;
  readonly column: string;
  readonly detail: string;
  readonly count: number;
  readonly lines: readonly number[];
}

export interface ImportReport {
  readonly reasons: readonly ImportReason[];
  readonly notices: readonly ImportNotice[];
}

export interface ImportRunView {
  readonly id: string;
  readonly fileName: string;
  readonly bytes: number;
  readonly bytesDone: number;
  readonly format: string;
  readonly mapping: string;
  readonly origin: ImportOrigin;
  /** It says what would become of each record, and stores nothing. */
  readonly isDryRun: boolean;
  /** The server has what it reads from, so that it can be taken up again. */
  readonly canGoOn: boolean;
  readonly state: ImportState;
  readonly counts: ImportCounts;
  readonly report: ImportReport;
  /** Why it failed or stopped. */
  readonly error: string | null;
  readonly startedBy: string;
  readonly startedAt: string;
  /** When it was last known to be at work. */
  readonly heartbeatAt: string;
  readonly finishedAt: string | null;
}

export interface RejectedView {
  readonly record: number;
  readonly line: number;
  readonly event: string;
  readonly code: string;
  readonly issues: readonly Issue[];
  /** The record as it came: JSON, or the text that could not be read. */
  readonly raw: string;
}

/** On every activity that was imported, with `import:<id of the import>` and `mapping:<name>`. */
export const IMPORTED_TAG = 'imported';

export function importTags(runId: string, mapping: string): string[] {
  return [IMPORTED_TAG, `import:${runId}`, `mapping:${mapping}`];
}

/** The import that brought an activity; undefined for one that was logged when it happened. */
export function importOf(tags: readonly string[]): string | undefined {
  return tags.includes(IMPORTED_TAG)
    ? tags.find((tag) => tag.startsWith('import:'))?.slice('import:'.length)
    : undefined;
}
