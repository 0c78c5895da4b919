import { hash } from 'node:crypto';
import { z } from 'zod';
import type { ServiceKeyRef } from '#domain/activity.ts';
import type { Door } from '#domain/catalogue/type.ts';
import type { AppError } from '#domain/errors.ts';
import { isPlainObject } from '#domain/json.ts';
import { type LeadReference, leadKeys } from '#domain/lead.ts';
import { nextRetryAt } from '#domain/quarantine.ts';
import { canonicalHash } from '#platform/canonical.ts';
import { storableText } from '#platform/db/array-literal.ts';
import { jsonText } from '#platform/json-text.ts';
import { saidOf } from './said.ts';
import { keyedId } from './spool/keyed-id.ts';

/** An event that a door could read and that was refused. */
export interface Refusal {
  readonly workspaceId: string;
  readonly door: Door;
  /** As it came. */
  readonly body: unknown;
  /** Its idempotency key, from a header or the body. */
  readonly idempotencyKey?: string | undefined;
  /** The person who logged it, when it was one. */
  readonly createdBy?: string | undefined;
  /** The service key that sent it, when it was one. */
  readonly serviceKey?: ServiceKeyRef | undefined;
  /** Type, source and time as far as the body names them. */
  readonly type?: string | undefined;
  readonly source?: string | undefined;
  readonly occurredAt?: Date | undefined;
  /** The lead that the body names, as far as it can be read. */
  readonly lead?: LeadReference | undefined;
  readonly error: AppError;
}

const text = z.string();
const instant = z.iso.datetime();

/** An entry on its way to the table, in words that survive the spool. */
export const entrySchema = z.object({
  id: z.uuid(),
  workspaceId: z.uuid(),
  door: text,
  type: text.nullable(),
  source: text.nullable(),
  /** JSON */
  body: text,
  bodyHash: text,
  idempotencyKey: text.nullable(),
  createdBy: z.uuid().nullable(),
  serviceKey: z.object({ id: text, name: text }).nullable().default(null),
  code: text,
  message: text,
  /** JSON */
  issues: text,
  receivedAt: instant,
  occurredAt: instant.nullable(),
  nextRetryAt: instant.nullable(),
  /** Subject keys of the lead that the body names. */
  leadKeys: z.array(text).default([]),
});
export type QuarantineEntry = z.infer<typeof entrySchema>;

/**
 * The entry of a refusal. Its id is made of workspace and body, so that every process, with or without the database, calls
 * the same event by the same name.
 */
export function entryOf(refusal: Refusal, now: Date): QuarantineEntry {
  const { workspaceId, door, error, occurredAt } = refusal;
  const idempotencyKey = refusal.idempotencyKey ? storableText(refusal.idempotencyKey) : null;
  const body = jsonText(refusal.body);
  const bodyHash = hashOf(refusal, body, idempotencyKey);
  return {
    id: keyedId(workspaceId, `quarantine:${bodyHash}`),
    workspaceId,
    door,
    type: nameOf(refusal.type),
    source: nameOf(refusal.source),
    body,
    bodyHash,
    idempotencyKey,
    createdBy: refusal.createdBy ?? null,
    serviceKey: refusal.serviceKey ?? null,
    code: error.code,
    message: storableText(error.message),
    issues: jsonText(error.issues),
    receivedAt: now.toISOString(),
    occurredAt: isStorable(occurredAt) ? occurredAt.toISOString() : null,
    nextRetryAt: nextRetryAt(error.code, 0, now)?.toISOString() ?? null,
    leadKeys: leadKeys(refusal.lead ?? {}).map(storableText),
  };
}

const MAX_NAME = 100;

function nameOf(given: string | undefined): string | null {
  return given?.trim() ? storableText(given.trim().slice(0, MAX_NAME)) : null;
}

/** Years of four digits; the others have another notation in PostgreSQL. */
function isStorable(date: Date | undefined): date is Date {
  if (!date || Number.isNaN(date.getTime())) return false;
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9999;
}

/**
 * Whatever the order of its members, a body is the same body; another idempotency key makes it another event. Beside a key, an
 * event of the lead door that is delivered again is the same one, as it would be in the book.
 */
function hashOf({ body, door }: Refusal, bodyText: string, key: string | null): string {
  // A string of ours for what nests too deep to be walked.
  const isDeep = typeof body !== 'string' && bodyText.startsWith('"');
  if (isDeep) return hash('sha256', `${bodyText}\n${key}`, 'hex');
  return canonicalHash([key !== null && door === 'lead' && isPlainObject(body) ? saidOf(body) : body, key]);
}
