import { z } from 'zod';
import { AppError } from '#domain/errors.ts';
import { issuesOf } from '#domain/issues.ts';
import { emailKey, phoneKey } from '#domain/lead.ts';
import type { Submission } from '#ingest/index.ts';
import { canonicalHash } from '#platform/canonical.ts';

/** Door 1, lead history: the body of POST /api/internal/log-activity and of ingest.log. */

/** Bounds of one event. The lengths of names are those of the older system's columns. */
export const LIMITS = {
  eventBytes: 256 * 1024,
  batchBytes: 32 * 1024 * 1024,
  batchEvents: 1000,
  metadataDepth: 32,
  metadataBytes: 64 * 1024,
} as const;

/** The sentence that callers of the older system know for a missing field. */
export const MISSING_FIELDS = 'Missing required fields: eventType, eventCategory, leadAirtableId, description, source';

const name = (max: number) => z.string().trim().min(1, 'must not be empty').max(max);
/** Absent, null and '' all mean "not given": workflow tools send each of them. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === null || value === '' ? undefined : value), schema.optional());

const instant = z.union([z.string().max(64), z.number()]).transform((value, context) => {
  const date = new Date(typeof value === 'string' ? withZone(value) : value);
  if (!Number.isNaN(date.getTime())) return date;
  context.addIssue({ code: 'custom', message: 'must be a date and time such as 2025-11-07T08:15:05Z' });
  return z.NEVER;
});

/** A date and time without a zone is read as UTC, never in the zone of whatever server reads it. */
function withZone(text: string): string {
  return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text.trim())
    ? `${text.trim().replace(' ', 'T')}Z`
    : text;
}

const metadata = z
  .record(z.string(), z.unknown())
  .refine((value) => depthOf(value) <= LIMITS.metadataDepth, `must not nest deeper than ${LIMITS.metadataDepth} levels`)
  .refine(
    (value) => JSON.stringify(value).length <= LIMITS.metadataBytes,
    `must not be larger than ${LIMITS.metadataBytes / 1024} KB`,
  );

/** Depth of nesting, counted without recursion and no further than needed: input may nest thousands deep. */
export function depthOf(value: unknown, limit: number = LIMITS.metadataDepth): number {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= limit; depth += 1) {
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
    if (level.length === 0) return depth;
  }
  return limit + 1;
}

export const logActivityBody = z
  .object({
    eventType: name(100),
    eventCategory: name(50),
    leadId: optional(z.uuid('must be the id of a lead (a UUID)')),
    leadAirtableId: optional(name(255)),
    leadEmail: optional(z.email('must be an e-mail address').max(320)),
    leadPhone: optional(
      z
        .union([z.string().max(40), z.number().transform(String)])
        .refine((value) => phoneKey(value).length >= 5, 'must be a phone number with at least 5 digits'),
    ),
    description: name(10_000),
    messageContent: optional(z.string().max(100_000)),
    metadata: optional(metadata),
    source: name(100),
    executionId: optional(z.union([z.string().max(255), z.number().transform(String)])),
    createdBy: optional(z.uuid('must be the id of a user (a UUID)')),
    timestamp: optional(instant),
    idempotencyKey: optional(name(255)),
  })
  .catchall(z.unknown());

export type LogActivityBody = z.input<typeof logActivityBody>;

export interface SubmitContext {
  readonly workspaceId: string;
  /** The person who logs, when it is a person. */
  readonly userId: string | undefined;
  /** The Idempotency-Key header. */
  readonly idempotencyKey?: string | undefined;
}

const REQUIRED = ['eventType', 'eventCategory', 'description', 'source'] as const;
const REFERENCES = ['leadId', 'leadAirtableId', 'leadEmail', 'leadPhone'] as const;

/**
 * Translates one body to a submission.
 * @throws AppError INVALID_INPUT naming every field that is wrong
 */
export function toSubmission(body: unknown, context: SubmitContext): Submission {
  const parsed = logActivityBody.safeParse(body);
  const missing = missingFields(body);
  if (!parsed.success || missing.length > 0) {
    const issues = [
      ...missing.map((path) => ({ path, message: 'is required' })),
      ...(parsed.success ? [] : issuesOf(parsed.error).filter(({ path }) => !missing.includes(path))),
    ];
    throw new AppError('INVALID_INPUT', { issues, ...(missing.length > 0 && { error: MISSING_FIELDS }) });
  }
  const { eventType, eventCategory, leadEmail, leadPhone, messageContent, timestamp, idempotencyKey, ...event } =
    parsed.data;
  const {
    leadId,
    leadAirtableId,
    description,
    metadata: given,
    source,
    executionId,
    createdBy,
    ...unknownFields
  } = event;
  return {
    workspaceId: context.workspaceId,
    door: 'lead',
    type: eventType,
    category: eventCategory,
    occurredAt: timestamp,
    leadId: leadId?.toLowerCase(),
    leadAirtableId,
    leadEmail: leadEmail && emailKey(leadEmail),
    leadPhone: leadPhone && phoneKey(leadPhone),
    description,
    message: messageContent,
    metadata: withUnknownFields(given, unknownFields),
    source,
    executionId,
    createdBy: createdBy ?? context.userId,
    actor: actorOf(createdBy ?? context.userId, source),
    idempotencyKey: oneKey(idempotencyKey, context.idempotencyKey),
    bodyHash: hashOf(body),
  };
}

/** Fields the interface does not know are kept beside the metadata: a caller that sends more loses nothing. */
function withUnknownFields(
  given: Submission['metadata'],
  unknownFields: Record<string, unknown>,
): Submission['metadata'] {
  if (Object.keys(unknownFields).length === 0) return given;
  const merged = { ...given, other_fields: unknownFields };
  if (depthOf(merged) <= LIMITS.metadataDepth) return merged;
  const message = `unknown fields must not nest deeper than ${LIMITS.metadataDepth} levels`;
  throw new AppError('INVALID_INPUT', { issues: [{ path: '', message }] });
}

function actorOf(userId: string | undefined, source: string): Submission['actor'] {
  if (userId) return { type: 'USER', id: userId, label: null };
  return { type: source.startsWith('ui:') ? 'SYSTEM' : 'INTEGRATION', id: null, label: source };
}

function missingFields(body: unknown): string[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return [];
  const given = new Set(
    Object.entries(body)
      .filter(([, value]) => !isBlank(value))
      .map(([key]) => key),
  );
  const missing: string[] = REQUIRED.filter((field) => !given.has(field));
  return REFERENCES.some((field) => given.has(field)) ? missing : [...missing, 'leadAirtableId'];
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

function oneKey(inBody: string | undefined, inHeader: string | undefined): string | undefined {
  if (inHeader !== undefined && (inHeader.trim() === '' || inHeader.length > 255)) {
    const message = 'must have 1 to 255 characters';
    throw new AppError('INVALID_INPUT', { issues: [{ path: 'Idempotency-Key', message }] });
  }
  if (inBody === undefined || inHeader === undefined || inBody === inHeader.trim()) return inBody ?? inHeader?.trim();
  const message = 'differs from the Idempotency-Key header; send one of them';
  throw new AppError('INVALID_INPUT', { issues: [{ path: 'idempotencyKey', message }] });
}

/** The hash of what the caller said about the event; the key itself is no part of it. */
function hashOf(body: unknown): string {
  if (typeof body !== 'object' || body === null) return canonicalHash(body);
  const { idempotencyKey, ...content } = body as Record<string, unknown>;
  return canonicalHash(content);
}
