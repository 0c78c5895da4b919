import { z } from 'zod';
import type { Door } from './catalogue/type.ts';
import type { ErrorCode, Issue } from './errors.ts';
import { storableInstant } from './text.ts';

/**
 * The quarantine: where an event waits that could be read but not be stored as it is. A person edits and replays it, or
 * discards it with a reason; what can heal by itself is tried again by itself.
 */
export const QUARANTINE_STATES = ['waiting', 'replayed', 'discarded'] as const;
export type QuarantineState = (typeof QUARANTINE_STATES)[number];

/** Refusals that pass when something else changes: a type is registered, a lead appears or is told from another. */
const HEALING: ReadonlySet<string> = new Set<ErrorCode>([
  'UNKNOWN_TYPE',
  'UNKNOWN_LEAD',
  'AMBIGUOUS_LEAD',
  'LEAD_MISMATCH',
]);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const RETRY_AFTER = [5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY];
/** About ten days; after that it waits for a person. */
const MAX_RETRIES = 14;

/** When an entry is tried again by itself, after `retries` tries in vain; null when only a person can help. */
export function nextRetryAt(code: string, retries: number, now: Date): Date | null {
  if (!HEALING.has(code) || retries >= MAX_RETRIES) return null;
  return new Date(now.getTime() + (RETRY_AFTER[retries] ?? DAY));
}

/** How many entries can be named one by one. */
export const MAX_NAMED = 1_000;

const names = z.array(z.string().max(100)).max(100);
const list = names.optional();

/** Which entries. Every member narrows; lists are "any of". */
export const quarantineFilter = z.object({
  state: z.enum(QUARANTINE_STATES).default('waiting'),
  ids: z.array(z.uuid()).max(MAX_NAMED).optional(),
  codes: list,
  sources: list,
  types: list,
  /** Words and "phrases", all of which the body, the reason, type, source or id holds. */
  search: z.string().trim().max(500).optional(),
  /** Received at or after, ISO 8601. */
  from: storableInstant().optional(),
  /** Received before (exclusive), ISO 8601. */
  before: storableInstant().optional(),
});
export type QuarantineFilter = z.output<typeof quarantineFilter>;

const someNames = names.min(1, 'must name at least one, or be left out').optional();

/**
 * What something is done to at once. Strict: a member that is misspelt, and a list with nothing in it, must not become
 * "everything".
 */
export const massFilter = quarantineFilter
  .extend({
    state: z.literal('waiting').default('waiting'),
    ids: z.array(z.uuid()).min(1, 'must name at least one, or be left out').max(MAX_NAMED).optional(),
    codes: someNames,
    sources: someNames,
    types: someNames,
  })
  .strict();
export type MassFilter = z.output<typeof massFilter>;

/** Newest first; `cursor` is the nextCursor of the page before. */
export const quarantinePage = z.object({
  limit: z.number().int().min(1).max(200).default(50),
  cursor: z.string().max(2000).optional(),
});
export type QuarantinePage = z.output<typeof quarantinePage>;

export const discardReason = z.string().trim().min(1, 'say why it is discarded').max(500);

/** What a person says of a lead that is created for an entry, beside the reference that it is known by. */
const field = z.string().trim().max(200).optional();
export const newLead = z.object({ firstName: field, lastName: field, company: field, email: field, phone: field });
export type NewLead = z.output<typeof newLead>;

/** An entry as operators see it. Instants are ISO 8601 in UTC. */
export interface QuarantineView {
  readonly id: string;
  readonly door: Door | string;
  readonly type: string | null;
  readonly source: string | null;
  /** Why it was refused, the last time that it was tried. */
  readonly code: string;
  readonly message: string;
  readonly issues: readonly Issue[];
  readonly receivedAt: string;
  readonly lastReceivedAt: string;
  /** When it happened, as its body says, or, when it does not say, when it was observed. */
  readonly originalOccurredAt: string | null;
  readonly idempotencyKey: string | null;
  /** How often the same body came again. */
  readonly repeats: number;
  readonly state: QuarantineState;
  readonly retryCount: number;
  readonly nextRetryAt: string | null;
  readonly lastError: string | null;
  readonly isEdited: boolean;
  readonly editedBy: string | null;
  readonly editedAt: string | null;
  /** The activity it became. */
  readonly resolvedActivityId: string | null;
  readonly resolvedBy: string | null;
  readonly resolvedAt: string | null;
  readonly discardReason: string | null;
  /**
   * For an event that is in the book and whose lead is unknown for too long: the subject key that no lead has. Such an
   * entry is not replayed, but closed by linking the key to a lead, by creating the lead, or by discarding it.
   */
  readonly unknownLead: string | null;
  /** The first event in the book under that key. */
  readonly activityId: string | null;
}

/** An entry with what was sent, and what a person made of it: JSON texts, to the digit. */
export interface QuarantineDetail extends QuarantineView {
  readonly body: string;
  readonly editedBody: string | null;
}

/** What would be answered if the body were sent now. */
export type QuarantineVerdict = { readonly ok: true } | ({ readonly ok: false } & Refusal);

interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly issues: readonly Issue[];
}

/** What would become of the events that match, judged by the first of them. */
export interface ReplayTrial {
  readonly matching: number;
  readonly tried: number;
  readonly accepted: number;
  /** Why the others would be refused, the most frequent first. */
  readonly refusals: readonly (Refusal & { readonly events: number })[];
}

export type QuarantineCounts = Readonly<Record<QuarantineState, number>>;

export const REPLAY_STATES = ['running', 'done', 'cancelled'] as const;

/** A replay of many entries, and how far it is. */
export interface ReplayProgress {
  readonly id: string;
  readonly state: (typeof REPLAY_STATES)[number];
  readonly total: number;
  readonly processed: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly startedBy: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
}
