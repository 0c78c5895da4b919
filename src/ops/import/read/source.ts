import type { RecordValues } from '../cells.ts';

export const FORMATS = ['csv', 'json', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];

/** Where a record stands, and what was read of it. */
export type SourceRecord = {
  /** Counted from 0. */
  readonly index: number;
  /** The line on which it ends (CSV) or begins; 0 when unknown after a resume within a file. */
  readonly line: number;
  /** Bytes from the beginning of the file to its end. */
  readonly endsAt: number;
} & ({ readonly values: RecordValues } | { readonly flaw: string; readonly raw: string });

/** From where to read on: everything before has been dealt with. */
export interface Place {
  readonly records: number;
  readonly bytes: number;
  readonly lines: number;
}

export const BEGINNING: Place = { records: 0, bytes: 0, lines: 0 };

/** The file cannot be read on from here, and nobody can tell what would follow. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

/** A record longer than this is a quote or bracket that nobody closed, in bytes. */
export const MAX_RECORD_BYTES = 1024 * 1024;
