/**
 * The retry queue: what operators do with the events in quarantine. Lists and shows them, keeps what a person makes of
 * them, replays them through the door they came by, discards them with a reason, and tries again by itself what can
 * heal. Nothing is ever deleted: an entry ends as `replayed`, with its activity, or as `discarded`, with its reason.
 * May import domain, platform, ingest, query and crm; the doors come from outside.
 */
import type { Crm } from '#crm/index.ts';
import type { Receipt } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import { forbidden } from '#domain/forbidden.ts';
import { parseJson } from '#domain/json.ts';
import type { MergePatch } from '#domain/merge-patch.ts';
import { may, type Principal, principalLabel } from '#domain/principal.ts';
import {
  type NewLead,
  type QuarantineCounts,
  type QuarantineDetail,
  type QuarantineFilter,
  type QuarantinePage,
  type QuarantineState,
  type QuarantineVerdict,
  type QuarantineView,
  quarantineFilter,
  type ReplayProgress,
  type ReplayTrial,
} from '#domain/quarantine.ts';
import { storableText } from '#platform/db/array-literal.ts';
import { isUniqueViolation } from '#platform/db/sql-state.ts';
import type { Wake } from '#platform/db/wake.ts';
import type { Logger } from '#platform/log.ts';
import { createService, type Service } from '#platform/service.ts';
import { createServiceGroup } from '#platform/service-group.ts';
import { createParams } from '#query/params.ts';
import { DETAIL_COLUMNS, ENTRY_COLUMNS, toDetail, toView, toWaiting } from './entry-row.ts';
import { keepBodies } from './keep-bodies.ts';
import { countEntries, listEntries, type QuarantineFacets, type QuarantineList, readFacets } from './list.ts';
import { leadWith } from './reference.ts';
import { judgeEntry, type ReplayDeps, replayEntries } from './replay.ts';
import { createReplayJobs } from './replay-job.ts';
import { createSweeper } from './sweeper.ts';
import { whereOf } from './where.ts';

export type { QuarantineFacets, QuarantineList } from './list.ts';

/** All of it is of the actor's workspace; an entry of another one is AppError NOT_FOUND. */
export interface RetryQueue {
  list(workspaceId: string, filter: QuarantineFilter, page: QuarantinePage): Promise<QuarantineList>;
  counts(workspaceId: string, filter: QuarantineFilter): Promise<QuarantineCounts>;
  facets(workspaceId: string, state: QuarantineState): Promise<QuarantineFacets>;
  get(workspaceId: string, id: string): Promise<QuarantineDetail>;
  /** What is still wrong with an entry, or with another body in its place. Changes nothing. */
  check(workspaceId: string, id: string, body?: unknown): Promise<QuarantineVerdict>;
  /** Keeps another body beside the original one. @throws AppError CONFLICT when the entry does not wait any more */
  edit(actor: Principal, id: string, body: unknown): Promise<QuarantineDetail>;
  /**
   * Hands one entry in again, now. Doing it again answers with the same activity.
   * @throws AppError of the refusal, with `quarantineId`: it goes on waiting; CONFLICT when it was discarded
   */
  replay(actor: Principal, id: string): Promise<Receipt>;
  /** Replays all that match and wait, in the background; each with the correction in its body, when there is one. */
  replayAll(actor: Principal, filter: QuarantineFilter, correction?: MergePatch): Promise<ReplayProgress>;
  /** What that would come to, tried with the first of them. Changes nothing. */
  tryAll(workspaceId: string, filter: QuarantineFilter, correction?: MergePatch): Promise<ReplayTrial>;
  progress(workspaceId: string, id: string): Promise<ReplayProgress>;
  replays(workspaceId: string): Promise<readonly ReplayProgress[]>;
  cancel(workspaceId: string, id: string): Promise<ReplayProgress>;
  /** @throws AppError CONFLICT when the entry is in the book */
  discard(actor: Principal, id: string, reason: string): Promise<QuarantineView>;
  discardAll(actor: Principal, filter: QuarantineFilter, reason: string): Promise<{ readonly discarded: number }>;
  /** Takes a discard back. @throws AppError CONFLICT when it was not discarded, or came again and waits */
  restore(actor: Principal, id: string): Promise<QuarantineView>;
  /**
   * Closes an entry about an unknown lead: its reference is this lead's from now on.
   * @throws AppError CONFLICT for another kind of entry, for an archived lead, and when the reference has a lead by now;
   * FORBIDDEN for a key that may not write leads
   */
  linkLead(actor: Principal, id: string, leadId: string): Promise<Receipt>;
  /** Closes it by a new lead with that reference. @throws AppError INVALID_INPUT; CONFLICT and FORBIDDEN as linkLead() */
  createLead(actor: Principal, id: string, lead: NewLead): Promise<Receipt>;
  /** A type is known from now on: replays what waited for it. */
  typeRegistered(actor: Principal, type: string): Promise<ReplayProgress | undefined>;
}

export interface RetryQueueDeps extends ReplayDeps {
  readonly crm: Pick<Crm, 'linkReference' | 'upsertLeads'>;
  readonly wake: Pick<Wake, 'subscribe'>;
  readonly log: Logger;
}

const ONE = 'WHERE workspace_id = $1 AND id = $2';
const GET_SQL = `SELECT ${DETAIL_COLUMNS} FROM quarantine ${ONE}`;
const DISCARD = `state = 'discarded', next_retry_at = NULL`;
const DISCARD_SQL = `
  UPDATE quarantine SET ${DISCARD}, discard_reason = $3, resolved_by = $4, resolved_at = $5
  ${ONE} AND state = 'waiting' RETURNING ${ENTRY_COLUMNS}`;
const RESTORE_SQL = `
  UPDATE quarantine SET state = 'waiting', discard_reason = NULL, resolved_by = NULL, resolved_at = NULL
  ${ONE} AND state = 'discarded' RETURNING ${ENTRY_COLUMNS}`;

export function createRetryQueue(deps: RetryQueueDeps): RetryQueue & Service {
  const { pool, clock, crm, log } = deps;
  const jobs = createReplayJobs(deps);
  const running = createService({ name: 'replays', start: () => () => jobs.stop() });
  const sweeper = createSweeper({ ...deps, adopt: jobs.adopt });
  const service = createServiceGroup({ name: 'retry queue', services: [running, sweeper] });

  const read = async (workspaceId: string, id: string): Promise<unknown> => {
    const { rows } = await pool.query(GET_SQL, [workspaceId, id]);
    if (rows.length === 0)
      throw new AppError('NOT_FOUND', { message: 'There is no such entry in the retry queue of this workspace.' });
    return rows[0];
  };

  /** Why an entry could not be changed: it is not in the right state. */
  const wrongState = async (workspaceId: string, id: string): Promise<AppError> => {
    const { state } = toView(await read(workspaceId, id));
    return new AppError('CONFLICT', { message: `This event is ${SAYS[state]}.` });
  };

  /** Changes an entry that is in the right state. */
  const change = async (sql: string, workspaceId: string, id: string, values: readonly unknown[]): Promise<unknown> => {
    const { rows } = await pool.query(sql, [workspaceId, id, ...values]);
    if (rows.length === 0) throw await wrongState(workspaceId, id);
    return rows[0];
  };

  const replay: RetryQueue['replay'] = async (actor, id) => {
    const row = await read(actor.workspaceId, id);
    const { state, resolvedActivityId } = toView(row);
    if (state === 'discarded')
      throw new AppError('CONFLICT', { message: 'This event is discarded. Restore it first.' });
    const entry = toWaiting(row);
    const [result] = await replayEntries(deps, [entry], principalLabel(actor));
    if (result instanceof AppError) throw result.inQuarantine(id);
    if (!result) throw new AppError('INTERNAL');
    return resolvedActivityId === null ? result : { ...result, status: 'duplicate' };
  };

  /** The reference that an entry waits for. */
  const unknownLeadOf = async (actor: Principal, id: string): Promise<string> => {
    const row = await read(actor.workspaceId, id);
    const { state } = toView(row);
    const { unknownLead } = toWaiting(row);
    if (!unknownLead) throw new AppError('CONFLICT', { message: 'This event waits for something else than its lead.' });
    if (state !== 'waiting') throw new AppError('CONFLICT', { message: `This event is ${SAYS[state]}.` });
    // A key for the queue alone makes no lead, and gives none a reference.
    if (!may(actor, 'leads:write')) throw forbidden(actor, 'leads:write');
    return unknownLead.reference;
  };

  return {
    name: service.name,
    start: service.start,
    stop: service.stop,

    list: (workspaceId, filter, page) => listEntries(pool, workspaceId, filter, page),
    counts: (workspaceId, filter) => countEntries(pool, workspaceId, filter),
    facets: (workspaceId, state) => readFacets(pool, workspaceId, state),
    get: async (workspaceId, id) => toDetail(await read(workspaceId, id)),

    async check(workspaceId, id, body) {
      const entry = toWaiting(await read(workspaceId, id));
      return judgeEntry(deps, entry, body === undefined ? parseJson(entry.body) : body);
    },

    async edit(actor, id, body) {
      const entry = toWaiting(await read(actor.workspaceId, id));
      const [row] = await keepBodies(deps, [{ entry, body }], principalLabel(actor));
      if (row === undefined) throw await wrongState(actor.workspaceId, id);
      return toDetail(row);
    },

    replay,

    async linkLead(actor, id, leadId) {
      const reference = await unknownLeadOf(actor, id);
      await crm.linkReference(actor, { leadId, reference });
      return replay(actor, id);
    },

    async createLead(actor, id, lead) {
      const reference = await unknownLeadOf(actor, id);
      const items = [{ ...lead, ...leadWith(reference) }];
      const [result] = await crm.upsertLeads(actor, { items, source: 'ui:retry-queue' });
      if (result?.status === 'rejected') throw new AppError('INVALID_INPUT', { issues: result.issues });
      return replay(actor, id);
    },

    replayAll: (actor, filter, correction) =>
      jobs.start(actor.workspaceId, { ...filter, state: 'waiting' }, principalLabel(actor), correction),
    tryAll: (workspaceId, filter, correction) => jobs.try(workspaceId, { ...filter, state: 'waiting' }, correction),
    progress: jobs.progress,
    replays: jobs.latest,
    cancel: jobs.cancel,

    async discard(actor, id, reason) {
      const values = [storableText(reason), principalLabel(actor), clock.now()];
      return toView(await change(DISCARD_SQL, actor.workspaceId, id, values));
    },

    async discardAll(actor, filter, reason) {
      const params = createParams();
      const where = whereOf(params, actor.workspaceId, { ...filter, state: 'waiting' });
      const set = `${DISCARD}, discard_reason = ${params.add(reason)}, resolved_by = ${params.add(principalLabel(actor))}`;
      const at = params.add(clock.now());
      const sql = `UPDATE quarantine SET ${set}, resolved_at = ${at}::timestamptz WHERE ${where}`;
      return { discarded: (await pool.query(sql, [...params.values])).rowCount ?? 0 };
    },

    async restore(actor, id) {
      try {
        return toView(await change(RESTORE_SQL, actor.workspaceId, id, []));
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        throw new AppError('CONFLICT', { message: 'The same event came again and waits.', cause: error });
      }
    },

    async typeRegistered(actor, type) {
      const filter = quarantineFilter.parse({ codes: ['UNKNOWN_TYPE'], types: [type] });
      const { waiting } = await countEntries(pool, actor.workspaceId, filter);
      if (waiting === 0) return undefined;
      log.info({ type, waiting, workspaceId: actor.workspaceId }, 'replaying what waited for a type');
      return jobs.start(actor.workspaceId, filter, principalLabel(actor));
    },
  };
}

const SAYS: Readonly<Record<QuarantineState, string>> = {
  waiting: 'still waiting',
  replayed: 'in the book',
  discarded: 'discarded',
};
