import type { Actor, Metadata, NewActivity } from '#domain/activity.ts';
import type { Door } from '#domain/catalogue/type.ts';

/**
 * An event as a door hands it in: parsed and translated, not judged yet. The type decides the category; a category given
 * must agree with it.
 */
export interface Submission extends Omit<NewActivity, 'id' | 'occurredAt' | 'category' | 'idempotency'> {
  /** Given by who brings the same event under the same id again, should it not hear the answer. */
  readonly id?: string | undefined;
  readonly door: Door;
  readonly category: string | undefined;
  /** When it happened; the moment of arrival when the caller did not say. */
  readonly occurredAt: Date | undefined;
  /** The field in which he said it, for an error that names it; `timestamp` when not given. */
  readonly timeField?: string | undefined;
  readonly metadata?: Metadata | null | undefined;
  readonly actor?: Actor | undefined;
  /** The caller's own idempotency key. */
  readonly idempotencyKey: string | undefined;
  /** SHA-256 of the canonical body, hex: what "the same body" means. */
  readonly bodyHash: string;
}
