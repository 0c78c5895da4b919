import type { Metadata, NewActivity } from '#domain/activity.ts';
import { builtInType } from '#domain/catalogue/index.ts';
import { AppError } from '#domain/errors.ts';
import { uuidv7 } from '#domain/ids.ts';
import type { ActionReceipt } from '#domain/lead-view.ts';
import type { Principal } from '#domain/principal.ts';
import { canonicalHash } from '#platform/canonical.ts';
import { appendActivities } from '#platform/db/append.ts';
import { authorOf } from './author.ts';
import { type CrmDeps, runIn, type Tx, transact } from './transact.ts';

/** Something a person or a service asks the CRM to do. */
export interface Command {
  readonly principal: Principal;
  /** Names it in sources: `campaign-enroll` becomes `ui:campaign-enroll` or `api:campaign-enroll`. */
  readonly action: string;
  /** What was asked, to tell the same command again from another one under the same key. */
  readonly body: unknown;
  readonly idempotencyKey?: string | undefined;
}

/** What a change means for the book. */
export interface Fact {
  readonly type: string;
  readonly description: string;
  readonly message?: string;
  readonly metadata: Metadata;
  readonly leadId?: string;
  readonly entity?: { readonly type: string; readonly id: string };
}

export interface Steps<Locked> {
  /** Locks the rows that are going to change, before anything else is locked. */
  readonly lock: (tx: Tx) => Promise<Locked>;
  /** Changes them and says so. @throws AppError CONFLICT when the change does not fit what is there */
  readonly change: (tx: Tx, locked: Locked) => Promise<Fact>;
}

/**
 * One change and its activity, in one transaction: lock → seen before? → change → append. A command whose idempotency
 * key is in the book is answered like the first time and changes nothing.
 * @throws AppError of the steps, IDEMPOTENCY_CONFLICT, UNAVAILABLE
 */
export async function perform<Locked>(
  deps: CrmDeps,
  command: Command,
  { lock, change }: Steps<Locked>,
): Promise<ActionReceipt> {
  const { workspaceId } = command.principal;
  const id = uuidv7(deps.clock.now().getTime());
  const idempotency = idempotencyOf(command);

  return transact(deps, async (tx) => {
    const locked = await lock(tx);
    const earlier = idempotency && (await findEarlier(tx, workspaceId, idempotency));
    if (earlier) return earlier;
    const { entity, ...fact } = await change(tx, locked);
    const activity: NewActivity = {
      id,
      workspaceId,
      ...kindOf(fact.type),
      // Read under the lock: what happens to one lead is dated in the order in which it happened.
      occurredAt: deps.clock.now(),
      ...fact,
      ...(entity && { entityType: entity.type, entityId: entity.id }),
      ...authorOf(command.principal, command.action),
      idempotency,
    };
    const [outcome] = await appendActivities(runIn(tx), [activity]);
    if (outcome?.outcome === 'conflict') throw new AppError('IDEMPOTENCY_CONFLICT');
    if (outcome?.outcome !== 'stored') throw new Error(`the activity of a change was not stored: ${outcome?.outcome}`);
    return receiptOf(activity, false);
  });
}

/** Door and category of a built-in type. */
export function kindOf(type: string): Pick<NewActivity, 'door' | 'category'> {
  const known = builtInType(type);
  if (!known) throw new Error(`${type} is not in the catalogue`);
  return { door: known.door, category: known.category };
}

function idempotencyOf({ idempotencyKey, action, body }: Command): NewActivity['idempotency'] {
  if (idempotencyKey === undefined) return undefined;
  // The same name space as the keys of logged events: one key of a caller means one thing.
  return { key: `key:${idempotencyKey}`, bodyHash: canonicalHash({ action, body }) };
}

async function findEarlier(
  tx: Tx,
  workspaceId: string,
  { key, bodyHash }: NonNullable<NewActivity['idempotency']>,
): Promise<ActionReceipt | undefined> {
  const seen = await tx.activityKey.findUnique({ where: { workspaceId_key: { workspaceId, key } } });
  if (!seen) return undefined;
  if (seen.bodyHash !== bodyHash) throw new AppError('IDEMPOTENCY_CONFLICT');
  const activity = await tx.activity.findUnique({
    where: { id_occurredAt: { id: seen.activityId, occurredAt: seen.occurredAt } },
    select: { id: true, occurredAt: true, subjectKey: true, metadata: true },
  });
  const metadata = activity?.metadata;
  const details = metadata && typeof metadata === 'object' && !Array.isArray(metadata) ? metadata : {};
  const leadId = activity?.subjectKey?.startsWith('lead:') ? activity.subjectKey.slice('lead:'.length) : undefined;
  return receiptOf({ id: seen.activityId, occurredAt: seen.occurredAt, leadId, metadata: details }, true);
}

type Told = Pick<NewActivity, 'id' | 'occurredAt' | 'leadId' | 'metadata'>;

function receiptOf({ id, occurredAt, leadId, metadata }: Told, duplicate: boolean): ActionReceipt {
  return {
    success: true,
    duplicate,
    activityId: id,
    timestamp: occurredAt.toISOString(),
    leadId: leadId ?? null,
    details: metadata ?? {},
  };
}
