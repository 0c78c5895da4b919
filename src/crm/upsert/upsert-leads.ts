import type { NewActivity } from '#domain/activity.ts';
import { AppError, type Issue } from '#domain/errors.ts';
import { createIdSource, uuidv7 } from '#domain/ids.ts';
import { INITIAL_STATUS } from '#domain/lead-status.ts';
import type { Principal } from '#domain/principal.ts';
import { appendActivities } from '#platform/db/append.ts';
import { isDataError } from '#platform/db/sql-state.ts';
import { authorOf } from '../author.ts';
import { kindOf } from '../perform.ts';
import { type CrmDeps, runIn, type Tx, transact } from '../transact.ts';
import { applyItem, identified } from './apply-item.ts';
import { findLead } from './find-lead.ts';
import { type LeadItem, parseItem } from './item.ts';
import { earlierAnswers, type RequestKey, rememberSilent, requestKey } from './keys.ts';
import { type ItemFact, type LeadDraft, newLeadDraft } from './lead-draft.ts';
import { createResolver } from './resolve.ts';
import { gainedKeys, lockCandidates, saveDrafts, touchLeads } from './store.ts';

/** Leads that one request may bring. */
export const MAX_ITEMS = 1_000;
/** Leads of one transaction: large enough to be fast, small enough to hold the append lane for a moment only. */
const CHUNK = 200;

export interface UpsertInput {
  readonly items: readonly unknown[];
  /** Who brings them, as activities name it; `sync:airtable` when not given. */
  readonly source?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  /** Make leads that are missing, and leave those that are known as they are: what is imported is older than they are. */
  readonly onlyMissing?: OnlyMissing | undefined;
}

export interface OnlyMissing {
  /** By item: when the lead was first heard of, in place of now. */
  readonly knownSince: readonly (Date | undefined)[];
  /** On what the book is told. */
  readonly tags: readonly string[];
}

export interface UpsertResult {
  readonly index: number;
  readonly status: 'created' | 'updated' | 'unchanged' | 'rejected';
  readonly leadId: string | null;
  /** Why it was rejected; of an accepted item what could not be followed. */
  readonly issues: readonly Issue[];
  /** Keys of the item that mean nothing here. */
  readonly ignored: readonly string[];
  /** True when this item was taken before under the same idempotency key. */
  readonly duplicate: boolean;
}

interface Candidate {
  readonly index: number;
  readonly item: LeadItem;
  readonly ignored: readonly string[];
}

interface Request {
  readonly principal: Principal;
  readonly source: string;
  readonly key: RequestKey | undefined;
  readonly onlyMissing: OnlyMissing | undefined;
}

/**
 * Creates and updates leads as a sync sends them; each item is judged alone, the results are in the items' order. What
 * changes is told to the book in the same transaction, source `sync:airtable` or the one given.
 * @throws AppError TOO_LARGE, IDEMPOTENCY_CONFLICT, UNAVAILABLE
 */
export async function upsertLeads(deps: CrmDeps, principal: Principal, input: UpsertInput): Promise<UpsertResult[]> {
  const { items, source = 'sync:airtable', idempotencyKey, onlyMissing } = input;
  if (items.length > MAX_ITEMS)
    throw new AppError('TOO_LARGE', { message: `Send at most ${MAX_ITEMS} leads at once.` });
  const key = idempotencyKey === undefined ? undefined : requestKey(idempotencyKey, items, source);
  const results: UpsertResult[] = [];
  const candidates: Candidate[] = [];
  for (const [index, value] of items.entries()) {
    const parsed = parseItem(value);
    if (parsed.ok) candidates.push({ index, ...parsed });
    else results.push(rejected(index, parsed.issues, parsed.ignored));
  }
  await deps.months.ensure(onlyMissing?.knownSince.filter((at) => at !== undefined) ?? []);
  const request: Request = { principal, source, key, onlyMissing };
  for (let at = 0; at < candidates.length; at += CHUNK) {
    results.push(...(await upsertChunk(deps, request, candidates.slice(at, at + CHUNK))));
  }
  return results.sort((a, b) => a.index - b.index);
}

/** Stores a chunk; one lead that PostgreSQL cannot take is found by halving, so that it costs none of the others. */
async function upsertChunk(deps: CrmDeps, request: Request, chunk: readonly Candidate[]): Promise<UpsertResult[]> {
  try {
    return await transact(deps, (tx) => store(tx, request, chunk, deps.clock.now()));
  } catch (error) {
    const [first] = chunk;
    if (!isDataError(error) || !first) throw error;
    if (chunk.length === 1) {
      const message = 'could not be stored as it is';
      return [rejected(first.index, [{ path: '', message }], first.ignored)];
    }
    const middle = chunk.length >> 1;
    const firstHalf = await upsertChunk(deps, request, chunk.slice(0, middle));
    return [...firstHalf, ...(await upsertChunk(deps, request, chunk.slice(middle)))];
  }
}

/** lock → seen before? → find or make each lead → save → what waited for it → append. */
async function store(tx: Tx, request: Request, chunk: readonly Candidate[], now: Date): Promise<UpsertResult[]> {
  const { workspaceId } = request.principal;
  const items = chunk.map(({ item }) => item);
  const drafts = await lockCandidates(tx, workspaceId, items);
  const indexes = chunk.map(({ index }) => index);
  const earlier = request.key ? await earlierAnswers(tx, workspaceId, request.key, indexes) : new Map();
  const resolver = await createResolver(tx, workspaceId, items, drafts.values(), now);

  const results: UpsertResult[] = [];
  for (const { index, item, ignored } of chunk) {
    const before = earlier.get(index);
    if (before) {
      results.push({ index, ...before, issues: [], ignored, duplicate: true });
      continue;
    }
    const found = findLead(item, drafts.values());
    if (found.kind === 'ambiguous') {
      results.push(rejected(index, [found.issue], ignored));
      continue;
    }
    if (found.kind === 'lead' && request.onlyMissing && !found.lead.isNew) {
      results.push({ index, status: 'unchanged', leadId: found.lead.id, issues: [], ignored, duplicate: false });
      continue;
    }
    const draft =
      found.kind === 'lead' ? found.lead : newLeadDraft(uuidv7(now.getTime()), item.status ?? INITIAL_STATUS, index);
    const { issues, ...resolved } = await resolver.resolve(index, item, draft);
    const isCreated = found.kind === 'none';
    drafts.set(draft.id, draft);
    const changed = applyItem(draft, index, item, resolved);
    const status = isCreated ? 'created' : changed ? 'updated' : 'unchanged';
    results.push({ index, status, leadId: draft.id, issues, ignored, duplicate: false });
  }

  const touched = [...drafts.values()];
  await saveDrafts(tx, workspaceId, touched, now);
  const facts = [...resolver.facts, ...(await identifications(tx, touched)), ...touched.flatMap(({ facts }) => facts)];
  await tell(tx, request, results, facts, now);
  return results;
}

/** One `lead.identified` for each lead that is new or got a key, and lastActivityAt for what waited under its keys. */
async function identifications(tx: Tx, drafts: readonly LeadDraft[]): Promise<ItemFact[]> {
  const concerned = drafts.filter((draft) => draft.keysChangedBy !== undefined);
  const gained = await gainedKeys(
    tx,
    concerned.map(({ id }) => id),
  );
  const latest = new Map<string, Date>();
  for (const key of gained) {
    const known = latest.get(key.leadId);
    if (key.latest && (!known || known < key.latest)) latest.set(key.leadId, key.latest);
  }
  await touchLeads(tx, latest);
  return concerned.flatMap((draft) => {
    const own = gained.filter(({ leadId }) => leadId === draft.id);
    if (draft.keysChangedBy === undefined || (own.length === 0 && !draft.isNew)) return [];
    const keys = own.map(({ subjectKey }) => subjectKey);
    const earlier = own.reduce((sum, { waiting }) => sum + waiting, 0);
    return { index: draft.keysChangedBy, fact: identified(draft, keys, earlier) };
  });
}

/** Appends the facts, the last statement; the first of each item carries its idempotency key. */
async function tell(
  tx: Tx,
  { principal, source, key, onlyMissing }: Request,
  results: readonly UpsertResult[],
  facts: readonly ItemFact[],
  now: Date,
): Promise<void> {
  const { workspaceId } = principal;
  const spoken = new Set<number>();
  // At one instant the ids decide the order in which the facts are read.
  const nextId = createIdSource();
  const activities = facts.map(({ index, fact: { entity, ...fact } }): NewActivity => {
    const isFirst = !spoken.has(index);
    spoken.add(index);
    return {
      id: nextId(now.getTime()),
      workspaceId,
      ...kindOf(fact.type),
      occurredAt: onlyMissing?.knownSince[index] ?? now,
      ...(onlyMissing && { tags: onlyMissing.tags }),
      ...fact,
      ...(entity && { entityType: entity.type, entityId: entity.id }),
      ...authorOf(principal, 'lead-upsert'),
      source,
      idempotency: key && isFirst ? { key: key.at(index), bodyHash: key.bodyHash } : undefined,
    };
  });
  if (key) {
    const quiet = results.filter(({ index, leadId, duplicate }) => leadId && !duplicate && !spoken.has(index));
    const silent = new Map(quiet.map(({ index, leadId }) => [index, leadId ?? '']));
    await rememberSilent(tx, workspaceId, key, silent, now);
  }
  const outcomes = await appendActivities(runIn(tx), activities);
  const refused = outcomes.find(({ outcome }) => outcome !== 'stored');
  if (refused?.outcome === 'conflict') throw new AppError('IDEMPOTENCY_CONFLICT');
  if (refused) throw new Error(`an activity of the leads upsert was not stored: ${refused.outcome}`);
}

function rejected(index: number, issues: readonly Issue[], ignored: readonly string[]): UpsertResult {
  return { index, status: 'rejected', leadId: null, issues, ignored, duplicate: false };
}
