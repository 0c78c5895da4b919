import type { NewActivity } from '#domain/activity.ts';
import { type ActivityType, LEAD_TYPES } from '#domain/catalogue/index.ts';
import { closest } from '#domain/closest.ts';
import { AppError } from '#domain/errors.ts';
import { issuesOf } from '#domain/issues.ts';
import type { Submission } from './submission.ts';

/** Nothing in a CRM happened before this; a date that says so is a mistake of units or of parsing. */
const EARLIEST = Date.UTC(2000, 0, 1);
const LEAD_TYPE_NAMES = LEAD_TYPES.map(({ name }) => name);
/** Clocks are wrong by minutes, time zones by hours. */
const LATEST_AHEAD_MS = 24 * 3_600_000;

/**
 * Judges a submission by the catalogue and makes an activity of it. Pure: `type` is what the catalogue knows of its type.
 * @throws AppError UNKNOWN_TYPE, CATEGORY_MISMATCH, IMPOSSIBLE_TIME, INVALID_INPUT (metadata)
 */
export function judge(
  submission: Submission,
  type: ActivityType | undefined,
  id: string,
  now: Date,
  known: readonly string[] = [],
): NewActivity {
  return rejudge(judgeLater(submission, id, now), type, known);
}

/**
 * The activity as far as it can be made without knowing its type: its category is what the caller said, '' for nothing.
 * @throws AppError IMPOSSIBLE_TIME
 */
export function judgeLater(submission: Submission, id: string, now: Date): NewActivity {
  const { idempotencyKey, bodyHash, category, timeField = 'timestamp', ...rest } = submission;
  return {
    ...rest,
    id,
    category: category ?? '',
    occurredAt: possibleTime(submission.occurredAt ?? now, now, timeField),
    idempotency: idempotencyOf(submission),
  };
}

/**
 * Judges by its type what judgeLater() made. `known` are the types that the workspace has besides the built-in ones.
 * @throws AppError UNKNOWN_TYPE, CATEGORY_MISMATCH, INVALID_INPUT (metadata)
 */
export function rejudge(
  activity: NewActivity,
  type: ActivityType | undefined,
  known: readonly string[] = [],
): NewActivity {
  const { category } = activity;
  if (!type || type.door !== activity.door) throw unknownType(activity.type, known);
  if (category !== '' && category !== type.category) throw categoryMismatch(type, category);
  return { ...activity, category: type.category, metadata: checkedMetadata(type, activity) };
}

/** The caller's key; without one, an identical body of the same execution is the same event (an n8n retry). */
function idempotencyOf({ idempotencyKey, bodyHash, executionId }: Submission): NewActivity['idempotency'] {
  if (idempotencyKey !== undefined) return { key: `key:${idempotencyKey}`, bodyHash };
  return executionId ? { key: `body:${bodyHash}`, bodyHash } : undefined;
}

function possibleTime(occurredAt: Date, now: Date, path: string): Date {
  const time = occurredAt.getTime();
  if (possible(time, now)) return occurredAt;
  const bounds = 'must be after the year 2000 and not more than 24 hours ahead of now';
  // Seconds since 1970 that were read as milliseconds are a day of January 1970.
  const looksLikeSeconds = time > 0 && possible(time * 1000, now);
  const message = looksLikeSeconds ? `${bounds}; a number is milliseconds since 1970, not seconds` : bounds;
  throw new AppError('IMPOSSIBLE_TIME', { issues: [{ path, message }] });
}

function possible(time: number, now: Date): boolean {
  return time >= EARLIEST && time <= now.getTime() + LATEST_AHEAD_MS;
}

/** The metadata as it came (keys the schema does not name are kept), once the schema has nothing against it. */
function checkedMetadata(type: ActivityType, { metadata }: NewActivity): NewActivity['metadata'] {
  if (metadata === null || metadata === undefined) return null;
  const result = type.metadata.safeParse(metadata);
  if (result.success) return metadata;
  const issues = issuesOf(result.error).map(({ path, message }) => ({ path: `metadata.${path}`, message }));
  throw new AppError('INVALID_INPUT', { issues, message: `The metadata does not fit ${type.name}.` });
}

function unknownType(name: string, known: readonly string[]): AppError {
  const meant = closest(name, [...LEAD_TYPE_NAMES, ...known]);
  const help = meant ? `did you mean ${meant}?` : 'an administrator can register it';
  const message = `${JSON.stringify(name)} is not an event type of the catalogue; ${help}`;
  return new AppError('UNKNOWN_TYPE', { issues: [{ path: 'eventType', message }] });
}

function categoryMismatch(type: ActivityType, given: string): AppError {
  const message = `must be ${type.category} for ${type.name}, not ${JSON.stringify(given)}`;
  return new AppError('CATEGORY_MISMATCH', { issues: [{ path: 'eventCategory', message }] });
}
