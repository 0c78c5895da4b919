import { z } from 'zod';
import { DOORS } from './catalogue/type.ts';
import { storableInstant } from './text.ts';

/**
 * What a reader wants to see. One filter serves pages, counts, exports and live streams, so that what arrives live is
 * what a reload would show. Every member narrows; lists are "any of". `search` takes words (all must match), "phrases"
 * and -exclusions over description, message, metadata and the lead's name, e-mail and phone.
 */
export const activityFilter = z.object({
  leadId: z.uuid().optional(),
  types: z.array(z.string().max(100)).max(100).optional(),
  categories: z.array(z.string().max(50)).max(20).optional(),
  sources: z.array(z.string().max(100)).max(100).optional(),
  doors: z.array(z.enum(DOORS)).max(5).optional(),
  search: z.string().trim().max(500).optional(),
  /** Occurred at or after, ISO 8601. */
  from: storableInstant().optional(),
  /** Occurred before (exclusive), ISO 8601. */
  before: storableInstant().optional(),
});
export type ActivityFilter = z.infer<typeof activityFilter>;

export const SORTS = ['time', 'lead', 'type'] as const;
export type Sort = (typeof SORTS)[number];

export const ORDERS = ['desc', 'asc'] as const;
export type Order = (typeof ORDERS)[number];

/** A page of results: which rows, in which order, from where. `page` counts from 1; a cursor wins over it. */
export const pageRequest = z.object({
  limit: z.number().int().min(1).max(200).default(50),
  page: z.number().int().min(1).max(1_000_000).default(1),
  cursor: z.string().max(2000).optional(),
  sort: z.enum(SORTS).default('time'),
  order: z.enum(ORDERS).default('desc'),
});
export type PageRequest = z.infer<typeof pageRequest>;

/** Counts stop here: "10,000+" says enough, and counting millions would cost more than the page. */
export const TOTAL_CAP = 10_000;

export interface ActivityPage<Row> {
  readonly rows: readonly Row[];
  /** Exact up to TOTAL_CAP; then TOTAL_CAP with totalIsCapped. */
  readonly total: number;
  readonly totalIsCapped: boolean;
  /** Where the next page begins, or null on the last. */
  readonly nextCursor: string | null;
  /** Stream cursor (epoch.seq) of the moment the page was read: follow from here to miss nothing and repeat nothing. */
  readonly streamCursor: string;
}
