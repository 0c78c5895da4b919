import { AppError } from '#domain/errors.ts';
import { canonicalHash } from '#platform/canonical.ts';
import type { Tx } from '../transact.ts';

/**
 * One idempotency key for a request of many items: each item is remembered under its own place, with the hash of the
 * whole request. A request that broke off is so taken up where it stopped, and another request under the key is refused.
 */
export interface RequestKey {
  readonly at: (index: number) => string;
  readonly bodyHash: string;
}

export function requestKey(key: string, items: readonly unknown[], source: string): RequestKey {
  return { at: (index) => `lead-upsert:${key}:${index}`, bodyHash: canonicalHash({ items, source }) };
}

export interface EarlierAnswer {
  readonly status: 'created' | 'updated' | 'unchanged';
  readonly leadId: string | null;
}

/** What was done under these keys before, by key. @throws AppError IDEMPOTENCY_CONFLICT when for another request */
export async function earlierAnswers(
  tx: Tx,
  workspaceId: string,
  { at, bodyHash }: RequestKey,
  indexes: readonly number[],
): Promise<ReadonlyMap<number, EarlierAnswer>> {
  const byKey = new Map(indexes.map((index) => [at(index), index]));
  const seen = await tx.activityKey.findMany({ where: { workspaceId, key: { in: [...byKey.keys()] } } });
  if (seen.some((row) => row.bodyHash !== bodyHash)) throw new AppError('IDEMPOTENCY_CONFLICT');
  const answers = new Map<number, EarlierAnswer>();
  for (const { key, activityId, occurredAt } of seen) {
    const index = byKey.get(key);
    const activity = await tx.activity.findUnique({
      where: { id_occurredAt: { id: activityId, occurredAt } },
      select: { type: true, subjectKey: true, metadata: true },
    });
    if (index !== undefined) answers.set(index, answerOf(activityId, activity));
  }
  return answers;
}

interface Told {
  readonly type: string;
  readonly subjectKey: string | null;
  readonly metadata: unknown;
}

/** An item that said nothing to the book is remembered by its lead's id in place of an activity's. */
function answerOf(activityId: string, activity: Told | null): EarlierAnswer {
  if (!activity) return { status: 'unchanged', leadId: activityId };
  const { type, subjectKey, metadata } = activity;
  const created =
    type === 'lead.identified' && typeof metadata === 'object' && metadata !== null && 'created' in metadata
      ? metadata.created === true
      : false;
  return { status: created ? 'created' : 'updated', leadId: subjectKey?.replace(/^lead:/, '') ?? null };
}

/** Remembers items that changed nothing the book tells of. */
export async function rememberSilent(
  tx: Tx,
  workspaceId: string,
  { at, bodyHash }: RequestKey,
  silent: ReadonlyMap<number, string>,
  occurredAt: Date,
): Promise<void> {
  if (silent.size === 0) return;
  const data = [...silent].map(([index, leadId]) => ({
    ...{ workspaceId, key: at(index), activityId: leadId, occurredAt, bodyHash },
  }));
  await tx.activityKey.createMany({ data });
}
