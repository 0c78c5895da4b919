import { z } from 'zod';
import type { NewActivity } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import { safeParse } from '#domain/issues.ts';
import { isPlainObject } from '#domain/json.ts';
import type { Ingest, Quarantine, Refusal } from '#ingest/index.ts';
import { jsonText } from '#platform/json-text.ts';
import type { EventTally } from '#platform/metrics.ts';
import { givenAuthor } from './author.ts';
import { LIMITS, logActivityBody, OBSERVED_AT, type SubmitContext } from './log-activity.ts';

/** Where this door hands its events in, and where it leaves those that are refused. */
export interface LeadDoorDeps {
  readonly ingest: Ingest;
  readonly quarantine: Quarantine;
  /** Where what became of each event is counted. */
  readonly metrics?: { readonly tally: EventTally };
}

/** What was refused and could be read is kept; a conflict of keys is the caller's to solve, his first body is in the book. */
export function isKept(error: unknown): error is AppError {
  return error instanceof AppError && (error.status === 400 || error.status === 422) && error.code !== 'INVALID_JSON';
}

/** The refused body for the quarantine; undefined for one that is larger than an event may be. */
export function refusalOfBody(body: unknown, context: SubmitContext, error: AppError): Refusal | undefined {
  if (jsonText(body).length > LIMITS.eventBytes) return undefined;
  const fields = isPlainObject(body) ? body : {};
  const { eventType, source, idempotencyKey, timestamp, observedAt } = logActivityBody.shape;
  const { leadId, leadAirtableId, leadEmail, leadPhone } = logActivityBody.shape;
  return {
    workspaceId: context.workspaceId,
    door: 'lead',
    body,
    idempotencyKey: readable(idempotencyKey, fields.idempotencyKey) ?? context.idempotencyKey?.slice(0, 255),
    createdBy: context.userId,
    serviceKey: context.serviceKey,
    type: readable(eventType, fields.eventType),
    source: readable(source, fields.source),
    occurredAt: readable(timestamp, fields.timestamp) ?? readable(observedAt, fields.observedAt),
    lead: {
      leadId: readable(leadId, fields.leadId),
      leadAirtableId: readable(leadAirtableId, fields.leadAirtableId),
      leadEmail: readable(leadEmail, fields.leadEmail),
      leadPhone: readable(leadPhone, fields.leadPhone),
    },
    error,
  };
}

/** What a field says, if anything: the rest of the body may be wrong. */
function readable<T extends z.ZodType>(schema: T, value: unknown): z.output<T> | undefined {
  const parsed = safeParse(schema, value);
  return parsed.success ? parsed.data : undefined;
}

/** The body that would become this activity: how one that was refused late is shown, edited and replayed. */
export function bodyOf(activity: NewActivity): Readonly<Record<string, unknown>> {
  const { type, category, leadId, leadAirtableId, leadEmail, leadPhone, description, source } = activity;
  const { message, executionId, occurredAt } = activity;
  const { observedAt, metadata } = observationOf(activity.metadata);
  const happenedAt = occurredAt.toISOString();
  const createdBy = givenAuthor(activity.actor, activity.createdBy, source);
  return {
    eventType: type,
    eventCategory: category,
    ...(leadId !== undefined && { leadId }),
    ...(leadAirtableId !== undefined && { leadAirtableId }),
    ...(leadEmail !== undefined && { leadEmail }),
    ...(leadPhone !== undefined && { leadPhone }),
    description,
    ...(message != null && { messageContent: message }),
    ...(metadata != null && { metadata }),
    source,
    ...(executionId != null && { executionId }),
    ...(createdBy !== undefined && { createdBy }),
    ...(observedAt !== happenedAt && { timestamp: happenedAt }),
    ...(observedAt !== undefined && { observedAt }),
  };
}

/**
 * Takes the observation out of the metadata again: as a field of the body it is no part of what a key stands for, so that
 * the report that is delivered again meets this body.
 */
function observationOf(metadata: NewActivity['metadata']) {
  const observedAt = metadata && Object.hasOwn(metadata, OBSERVED_AT) ? metadata[OBSERVED_AT] : undefined;
  // As toSubmission() writes it; whatever else is there was said by the caller.
  if (typeof observedAt !== 'string' || !z.iso.datetime({ precision: 3 }).safeParse(observedAt).success) {
    return { observedAt: undefined, metadata };
  }
  const others = Object.entries(metadata ?? {}).filter(([name]) => name !== OBSERVED_AT);
  return { observedAt, metadata: others.length > 0 ? Object.fromEntries(others) : null };
}
