import { z } from 'zod';
import { AppError } from '#domain/errors.ts';
import { parseInput } from '#domain/issues.ts';
import { parseJson } from '#domain/json.ts';
import { type MergePatch, mergePatch } from '#domain/merge-patch.ts';
import {
  discardReason,
  massFilter,
  newLead,
  QUARANTINE_STATES,
  quarantineFilter,
  quarantinePage,
} from '#domain/quarantine.ts';
import { permitted, router } from '../init.ts';

const manage = permitted('quarantine:manage');
const one = z.object({ id: z.uuid() });
const filter = quarantineFilter.prefault({});
const MAX_TEXT = 256 * 1024;
/** A body as a person writes it: JSON text, so that its numbers stay as they are. */
const text = z.string().max(MAX_TEXT);

/** Which ones, and what is changed in the body of each: JSON text of a merge patch. */
const many = z.strictObject({ filter: massFilter, correction: text.optional() });

/** The events in quarantine of the current workspace: see, correct, replay, discard. */
export const retryQueueRouter = router({
  list: manage
    .input(z.object({ filter }).extend(quarantinePage.shape))
    .query(({ ctx, input }) => ctx.services.retryQueue.list(ctx.principal.workspaceId, input.filter, input)),
  /** By state, whatever the state of the filter. */
  counts: manage
    .input(z.object({ filter }).prefault({}))
    .query(({ ctx, input }) => ctx.services.retryQueue.counts(ctx.principal.workspaceId, input.filter)),
  facets: manage
    .input(z.object({ state: z.enum(QUARANTINE_STATES) }))
    .query(({ ctx, input }) => ctx.services.retryQueue.facets(ctx.principal.workspaceId, input.state)),
  get: manage.input(one).query(({ ctx, input }) => ctx.services.retryQueue.get(ctx.principal.workspaceId, input.id)),

  /** What would be answered if `text` were sent now. */
  check: manage
    .input(one.extend({ text: text.optional() }))
    .mutation(({ ctx, input }) =>
      ctx.services.retryQueue.check(
        ctx.principal.workspaceId,
        input.id,
        input.text === undefined ? undefined : parsed(input.text),
      ),
    ),
  edit: manage
    .input(one.extend({ text }))
    .mutation(({ ctx, input }) => ctx.services.retryQueue.edit(ctx.principal, input.id, parsed(input.text))),
  replay: manage.input(one).mutation(({ ctx, input }) => ctx.services.retryQueue.replay(ctx.principal, input.id)),
  /** Says whose an event is that is in the book and whose lead is unknown for too long. */
  linkLead: manage
    .input(one.extend({ leadId: z.uuid() }))
    .mutation(({ ctx, input }) => ctx.services.retryQueue.linkLead(ctx.principal, input.id, input.leadId)),
  createLead: manage
    .input(one.extend({ lead: newLead }))
    .mutation(({ ctx, input }) => ctx.services.retryQueue.createLead(ctx.principal, input.id, input.lead)),
  discard: manage
    .input(one.extend({ reason: discardReason }))
    .mutation(({ ctx, input }) => ctx.services.retryQueue.discard(ctx.principal, input.id, input.reason)),
  restore: manage.input(one).mutation(({ ctx, input }) => ctx.services.retryQueue.restore(ctx.principal, input.id)),

  /** All that wait is the filter `{}`: left out or misspelt, it is refused, and so is whatever it does not know. */
  replayAll: manage
    .input(many)
    .mutation(({ ctx, input }) =>
      ctx.services.retryQueue.replayAll(ctx.principal, input.filter, correctionOf(input.correction)),
    ),
  /** What that would come to. */
  tryAll: manage
    .input(many)
    .mutation(({ ctx, input }) =>
      ctx.services.retryQueue.tryAll(ctx.principal.workspaceId, input.filter, correctionOf(input.correction)),
    ),
  discardAll: manage
    .input(z.strictObject({ filter: massFilter, reason: discardReason }))
    .mutation(({ ctx, input }) => ctx.services.retryQueue.discardAll(ctx.principal, input.filter, input.reason)),
  /** The last replays of many, newest first. */
  replays: manage.query(({ ctx }) => ctx.services.retryQueue.replays(ctx.principal.workspaceId)),
  progress: manage
    .input(one)
    .query(({ ctx, input }) => ctx.services.retryQueue.progress(ctx.principal.workspaceId, input.id)),
  cancel: manage
    .input(one)
    .mutation(({ ctx, input }) => ctx.services.retryQueue.cancel(ctx.principal.workspaceId, input.id)),
});

/** @throws AppError INVALID_JSON, INVALID_INPUT */
function correctionOf(given: string | undefined): MergePatch | undefined {
  return given === undefined
    ? undefined
    : parseInput(z.object({ correction: mergePatch }), { correction: parsed(given) }).correction;
}

/** @throws AppError INVALID_JSON */
function parsed(given: string): unknown {
  try {
    return parseJson(given);
  } catch (error) {
    const message = error instanceof SyntaxError ? error.message : 'nests too deep';
    throw new AppError('INVALID_JSON', { issues: [{ path: '', message }], cause: error });
  }
}
