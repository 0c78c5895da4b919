import { z } from 'zod';
import { spanOfDate } from '#domain/day.ts';
import { AppError, type Issue } from '#domain/errors.ts';
import { expressionFlaw, refuseFailedExpression } from '#domain/expression.ts';
import { safeParse } from '#domain/issues.ts';
import { isPlainObject, jsonFlaw } from '#domain/json.ts';
import { emailKey, phoneKey } from '#domain/lead.ts';
import { type Submission, saidOf } from '#ingest/index.ts';
import { canonicalHash } from '#platform/canonical.ts';
import { authorOf, type Writer } from './author.ts';

/** Door 1, lead history: the body of POST /api/internal/log-activity and of ingest.log. */

/** Bounds of one event. The lengths of names are those of the older system's columns. */
export const LIMITS = {
  eventBytes: 256 * 1024,
  batchBytes: 32 * 1024 * 1024,
  batchEvents: 1000,
  metadataDepth: 32,
  /** In characters of its JSON. */
  metadataLength: 64 * 1024,
} as const;

/** The sentence that callers of the older system know for a missing field. */
export const MISSING_FIELDS = 'Missing required fields: eventType, eventCategory, leadAirtableId, description, source';

const name = (max: number) => z.string().trim().min(1, 'must not be empty').max(max);
/** A name that something goes by. */
const named = (max: number) => name(max).superRefine(refuseFailedExpression);
/** Absent, null and '' all mean "not given": workflow tools send each of them. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === null || value === '' ? undefined : value), schema.optional());

/** The same for what refers to something: what a failed expression of a workflow tool leaves behind is none. */
const reference = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value, context) => {
    refuseFailedExpression(value, context);
    return value === null || value === '' ? undefined : value;
  }, schema.optional());

const instant = z.union([z.string().max(64), z.number()]).transform((value, context) => {
  const date = typeof value === 'string' ? instantOf(value.trim()) : new Date(value);
  if (date && !Number.isNaN(date.getTime())) return date;
  context.addIssue({ code: 'custom', message: 'must be a date and time such as 2025-11-07T08:15:05Z' });
  return z.NEVER;
});

/** ISO 8601. Without a zone it is UTC, never the zone of whatever server reads it; a day alone is its first moment. */
function instantOf(text: string): Date | undefined {
  const isComplete = !text.includes(':') || /(Z|[+-]\d\d:?\d\d)$/i.test(text);
  return spanOfDate(isComplete ? text : `${text}Z`, 'UTC')?.from;
}

export const logActivityBody = z.object({
  eventType: named(100).describe(
    'A type of the catalogue, such as MESSAGE_SENT, or one registered by an administrator.',
  ),
  eventCategory: named(50).describe('The category that the type has.'),
  leadId: reference(z.uuid('must be the id of a lead (a UUID)')).describe(
    'The lead, by its id here. One of leadId, leadAirtableId, leadEmail and leadPhone is needed; several must agree.',
  ),
  leadAirtableId: reference(name(255)).describe('The lead, by its record in Airtable; it may appear here later.'),
  leadEmail: reference(z.email('must be an e-mail address').max(320)).describe('The lead, by its e-mail address.'),
  leadPhone: reference(
    z
      .union([z.string().max(40), z.number().transform(String)])
      .refine((value) => phoneKey(value).length >= 5, 'must be a phone number with at least 5 digits'),
  ).describe('The lead, by its phone number, written in any way.'),
  description: name(10_000).describe('What happened, for people to read.'),
  messageContent: optional(z.string().max(100_000)).describe('The text that was sent or received.'),
  metadata: optional(z.record(z.string(), z.unknown())).describe('What the type has to say besides; see its schema.'),
  source: named(100).describe('Where it comes from: n8n:<workflow id>, ui:<action>, …'),
  executionId: reference(z.union([z.string().max(255), z.number().transform(String)])).describe(
    'The execution that sends it. The same body of the same execution again is a duplicate, also without a key.',
  ),
  createdBy: reference(z.union([name(255), z.number().transform(String)])).describe(
    'Whose act it was: the id or e-mail address of a member of the workspace. Anybody else is kept as a label.',
  ),
  timestamp: reference(instant).describe(
    'When it happened, ISO 8601. When not given: observedAt, or else the moment of arrival.',
  ),
  observedAt: reference(instant).describe(
    'When the sender learned of it: the time of an event whose own time nobody knows. It is kept as observed_at in the ' +
      'metadata, also beside a timestamp. Like the execution, it belongs to what brings the event and not to the event: ' +
      'the same key and body with another one is a duplicate.',
  ),
  idempotencyKey: reference(name(255)).describe('As the header Idempotency-Key, for callers that cannot send headers.'),
});

export type LogActivityBody = z.input<typeof logActivityBody>;

export interface SubmitContext extends Writer {
  /** The Idempotency-Key header. */
  readonly idempotencyKey?: string | undefined;
}

const REQUIRED = ['eventType', 'eventCategory', 'description', 'source'] as const;
const REFERENCES = ['leadId', 'leadAirtableId', 'leadEmail', 'leadPhone'] as const;
/** Under which name the metadata have the observedAt of the body. */
export const OBSERVED_AT = 'observed_at';
const KNOWN: ReadonlySet<string> = new Set(Object.keys(logActivityBody.shape));

/**
 * Translates one body to a submission. The metadata are those of the body itself: what a schema does not name is kept.
 * @throws AppError INVALID_INPUT naming every field that is wrong
 */
export function toSubmission(body: unknown, context: SubmitContext): Submission {
  const parsed = safeParse(logActivityBody, body);
  if (!parsed.success || !isPlainObject(body)) throw invalid(body, parsed.success ? [] : parsed.issues);
  const event = parsed.data;
  if (REFERENCES.every((field) => event[field] === undefined)) throw invalid(body, []);
  const metadata = metadataOf(body, event.observedAt);
  const flaw = metadata && metadataFlaw(metadata);
  if (flaw) throw invalid(body, [{ path: 'metadata', message: flaw }]);
  const idempotencyKey = oneKey(event.idempotencyKey, context.idempotencyKey);
  return {
    workspaceId: context.workspaceId,
    door: 'lead',
    type: event.eventType,
    category: event.eventCategory,
    occurredAt: event.timestamp ?? event.observedAt,
    ...(event.timestamp === undefined && event.observedAt !== undefined && { timeField: 'observedAt' }),
    leadId: event.leadId?.toLowerCase(),
    leadAirtableId: event.leadAirtableId,
    leadEmail: event.leadEmail && emailKey(event.leadEmail),
    leadPhone: event.leadPhone && phoneKey(event.leadPhone),
    description: event.description,
    message: event.messageContent,
    metadata,
    source: event.source,
    executionId: event.executionId,
    ...authorOf(event.createdBy, context, event.source),
    serviceKey: context.serviceKey,
    idempotencyKey,
    bodyHash: hashOf(body, idempotencyKey !== undefined),
  };
}

function invalid(body: unknown, issues: readonly Issue[]): AppError {
  const missing = missingFields(body);
  return new AppError('INVALID_INPUT', {
    issues: [
      ...missing.map((path) => ({ path, message: 'is required' })),
      ...issues.filter(({ path }) => !missing.includes(path)),
    ],
    ...(missing.length > 0 && { error: MISSING_FIELDS }),
  });
}

function missingFields(body: unknown): string[] {
  if (!isPlainObject(body)) return [];
  const isGiven = (field: string) => !isBlank(body[field]);
  const missing: string[] = REQUIRED.filter((field) => !isGiven(field));
  return REFERENCES.some(isGiven) ? missing : [...missing, 'leadAirtableId'];
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/**
 * Fields the interface does not know are kept beside the metadata: a caller that sends more loses nothing. So is the moment of
 * the observation, which no other column has: it says that a time is no more than that. An `observed_at` of the caller's own
 * keeps its place.
 */
function metadataOf(body: Readonly<Record<string, unknown>>, observedAt: Date | undefined): Submission['metadata'] {
  const given = isPlainObject(body.metadata) ? body.metadata : undefined;
  const isTaken = given !== undefined && Object.hasOwn(given, OBSERVED_AT);
  const others = Object.entries(body).filter(
    ([field]) => !KNOWN.has(field) || (field === 'observedAt' && isTaken && observedAt !== undefined),
  );
  if (others.length === 0 && observedAt === undefined) return given;
  return {
    ...given,
    ...(observedAt !== undefined && !isTaken && { [OBSERVED_AT]: observedAt.toISOString() }),
    ...(others.length > 0 && { other_fields: Object.fromEntries(others) }),
  };
}

function metadataFlaw(metadata: Readonly<Record<string, unknown>>): string | undefined {
  const flaw = jsonFlaw(metadata, LIMITS.metadataDepth);
  if (flaw) return flaw;
  const isTooLong = JSON.stringify(metadata).length > LIMITS.metadataLength;
  return isTooLong ? `must not be larger than ${LIMITS.metadataLength / 1024} KB` : undefined;
}

function oneKey(inBody: string | undefined, inHeader: string | undefined): string | undefined {
  if (inHeader !== undefined && (inHeader.trim() === '' || inHeader.length > 255)) {
    const message = 'must have 1 to 255 characters';
    throw new AppError('INVALID_INPUT', { issues: [{ path: 'Idempotency-Key', message }] });
  }
  const flaw = inHeader && expressionFlaw(inHeader);
  if (flaw) throw new AppError('INVALID_INPUT', { issues: [{ path: 'Idempotency-Key', message: flaw }] });
  if (inBody === undefined || inHeader === undefined || inBody === inHeader.trim()) return inBody ?? inHeader?.trim();
  const message = 'differs from the Idempotency-Key header; send one of them';
  throw new AppError('INVALID_INPUT', { issues: [{ path: 'idempotencyKey', message }] });
}

/** The hash of what the caller said about the event; the key itself is no part of it, nor, beside it, what brought the event. */
function hashOf(body: Readonly<Record<string, unknown>>, isKeyed: boolean): string {
  const { idempotencyKey, ...content } = body;
  return canonicalHash(isKeyed ? saidOf(content) : content);
}
