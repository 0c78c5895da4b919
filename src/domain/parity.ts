import { z } from 'zod';
import type { ImportState } from './import-run.ts';
import { storableDay } from './text.ts';

/** A comparison of an older system's records with the book. Instants are ISO 8601 in UTC, days of the workspace. */
export const PARITY_KINDS = ['missing', 'different', 'extra'] as const;
export type ParityKind = (typeof PARITY_KINDS)[number];

export interface ParityCounts {
  /** Events that the file says of. */
  readonly records: number;
  /** Those that the book has, as they are in the file. */
  readonly found: number;
  readonly missing: number;
  /** Those that the book has with something else in them. */
  readonly different: number;
  /** Activities of the file's types and days that the file does not have. */
  readonly extra: number;
}

export interface ParityRunView {
  readonly id: string;
  readonly fileName: string;
  readonly bytes: number;
  readonly bytesDone: number;
  readonly mapping: string;
  readonly timeZone: string;
  readonly state: ImportState;
  readonly counts: ParityCounts;
  /** Records that the mapping cannot make an event of. */
  readonly unreadable: number;
  readonly error: string | null;
  readonly startedBy: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

export interface ParityCell extends ParityCounts {
  readonly day: string;
  readonly type: string;
  readonly source: string;
}

export interface ParityDifference {
  readonly field: string;
  readonly inFile: string;
  readonly inBook: string;
}

export interface ParityItem {
  readonly kind: ParityKind;
  readonly number: number;
  /** Where it stands in the file. */
  readonly line: number | null;
  /** What the older system calls it. */
  readonly key: string | null;
  readonly activityId: string | null;
  readonly day: string;
  readonly type: string;
  readonly source: string;
  readonly occurredAt: string;
  readonly subject: string;
  readonly description: string;
  readonly differences: readonly ParityDifference[];
}

export const parityItemFilter = z.object({
  kind: z.enum(PARITY_KINDS).default('missing'),
  day: storableDay().optional(),
  type: z.string().max(100).optional(),
  source: z.string().max(100).optional(),
});
export type ParityItemFilter = z.output<typeof parityItemFilter>;
