import type pg from 'pg';
import { AppError } from '#domain/errors.ts';
import type { FallbackState } from '#ingest/index.ts';
import type { Clock } from '#platform/clock.ts';
import { isDatabaseAway } from '#platform/db/away.ts';
import { releaseFileLock, takeFileLock } from '#platform/file-lock.ts';
import type { Logger } from '#platform/log.ts';
import { isStillRunning, ownIdentity, type ProcessIdentity } from '#platform/process-identity.ts';
import { redactText } from '#platform/redact.ts';
import type { Seal } from '#platform/seal.ts';
import { targetOf } from './channels.ts';
import { delayOf, reasonOf } from './deliver.ts';
import { readKnownRules, recordOutage } from './outage-book.ts';
import type { Outage, OutageMemory, PendingMessage } from './outage-memory.ts';
import { stepOutage } from './outage-step.ts';
import type { Send } from './send.ts';
import { GIVE_UP_MS } from './sweep.ts';

export interface OutageWatchDeps {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly seal: Seal;
  readonly send: Send;
  readonly memory: OutageMemory;
  readonly fallback: () => FallbackState | undefined;
  readonly place: string;
  readonly linkTo: (path: string) => string | null;
  /** Another process than this one, for tests. */
  readonly identity?: ProcessIdentity;
}

/** A database that has not answered so long does not. */
const PROBE_MS = 5_000;

/**
 * Tells that the database is away, without it: by what was written to the disk while it was there. One round at a time for
 * each data folder; servers that share none tell each for itself, and say which they are. What is told, and when it was
 * over, goes into the database afterwards.
 */
export async function watchOutage(deps: OutageWatchDeps): Promise<void> {
  const { memory, pool } = deps;
  const reason = await probe(deps);
  if (reason === undefined) memory.keepRules(await readKnownRules(pool));
  else if (memory.rules().length === 0) return;
  if (!(await takeFileLock(memory.lockPath))) return;
  try {
    await round(deps, reason);
  } finally {
    await releaseFileLock(memory.lockPath);
  }
}

async function round(deps: OutageWatchDeps, reason: string | undefined): Promise<void> {
  const { memory, clock, fallback, pool, place, linkTo, identity = ownIdentity() } = deps;
  const now = clock.now();
  const before = memory.outage();
  if (reason === undefined && !before) return;
  if (before && !isSame(before.owner, identity) && isStillRunning(before.owner) !== false) return;
  const spool = fallback()?.spool;
  const since = fallback()?.outage?.since ?? now;
  const begun = { owner: identity, since: since.toISOString(), reason: reason ?? '', records: 0 };
  // Messages of an outage that is over may wait for hours yet: the next one has a beginning of its own.
  const isAnother = before?.isOver === true && reason !== undefined;
  const outage: Outage = !before
    ? { ...begun, isOver: false, standings: [], outbox: [] }
    : { ...before, ...(isAnother ? begun : { owner: identity, reason: reason ?? before.reason }) };
  const seen = { ...outage, records: Math.max(outage.records, spool?.records ?? 0) };
  const next = stepOutage(seen, memory.rules(), { now, isAway: reason !== undefined, place, spool, linkTo });
  const isOver = reason === undefined && next.standings.every(({ resolvedAt }) => resolvedAt !== null);
  const stepped = { ...next, isOver };
  // First on the disk, then out: what is sent twice after a crash carries the same id.
  memory.keepOutage(stepped);
  const sent = await sendDue(deps, stepped);
  const recorded = reason === undefined ? await recordOutage(pool, sent, place) : sent;
  const isDone = isOver && recorded.standings.length === 0 && recorded.outbox.length === 0;
  memory.keepOutage(isDone ? undefined : recorded);
}

/** Why the database is away; undefined when it answers. */
async function probe({ pool, clock, fallback }: OutageWatchDeps): Promise<string | undefined> {
  const late = new AbortController();
  try {
    const silence = clock.sleep(PROBE_MS, late.signal).then(() => `no answer within ${PROBE_MS / 1000} s`);
    const answer = pool.query('SELECT 1').then(() => undefined);
    // The one that comes too late is nobody's any more.
    answer.catch(() => undefined);
    silence.catch(() => undefined);
    return await Promise.race([answer, silence]);
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    const message = error instanceof Error ? error.message || String(Reflect.get(error, 'code')) : String(error);
    return redactText(fallback()?.outage?.reason ?? message).slice(0, 300);
  } finally {
    late.abort();
  }
}

async function sendDue(deps: OutageWatchDeps, outage: Outage): Promise<Outage> {
  const now = deps.clock.now();
  const due = outage.outbox.filter(({ nextTryAt }) => Date.parse(nextTryAt) <= now.getTime());
  if (due.length === 0) return outage;
  const first = due.filter((message) => !hasEarlier(outage.outbox, message));
  const left = new Map(
    await Promise.all(first.map(async (message) => [message.id, await sendOne(deps, message)] as const)),
  );
  const outbox = outage.outbox.flatMap((message) => (left.has(message.id) ? (left.get(message.id) ?? []) : [message]));
  return { ...outage, outbox };
}

/** A channel hears of the beginning before the end. */
function hasEarlier(outbox: readonly PendingMessage[], { id, channelId, message }: PendingMessage): boolean {
  const before = outbox.slice(
    0,
    outbox.findIndex((other) => other.id === id),
  );
  return before.some((other) => other.channelId === channelId && other.message.alert.id === message.alert.id);
}

/** What is left to be done of it: nothing, or another try. */
async function sendOne(deps: OutageWatchDeps, pending: PendingMessage): Promise<PendingMessage | undefined> {
  const { memory, seal, send, log, clock } = deps;
  const target = targetFor(memory, seal, pending);
  if (!target) return undefined;
  const answered = await send(target, pending.message, pending.id);
  if (answered.ok) return undefined;
  const attempts = pending.attempts + 1;
  const nextTryAt = new Date(clock.now().getTime() + delayOf(attempts, answered));
  const isTooOld = nextTryAt.getTime() - Date.parse(pending.createdAt) > GIVE_UP_MS;
  const { channelId } = pending;
  const fields = { channelId, attempts, reason: reasonOf(answered), givenUp: isTooOld };
  log.error(fields, 'an alert of the outage was not delivered');
  return isTooOld ? undefined : { ...pending, attempts, nextTryAt: nextTryAt.toISOString() };
}

/** Undefined for a channel that is gone, or that was encrypted with another key. */
function targetFor(memory: OutageMemory, seal: Seal, { workspaceId, channelId }: PendingMessage) {
  const known = memory.rules().find(({ workspace }) => workspace.id === workspaceId);
  const channel = known?.channels.find(({ id }) => id === channelId);
  try {
    return channel && targetOf(seal, channel);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function isSame(one: ProcessIdentity, other: ProcessIdentity): boolean {
  return one.pid === other.pid && one.started === other.started && one.host === other.host && one.boot === other.boot;
}
