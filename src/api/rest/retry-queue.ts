import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { spanOfDate } from '#domain/day.ts';
import { parseInput } from '#domain/issues.ts';
import { mergePatch } from '#domain/merge-patch.ts';
import {
  discardReason,
  massFilter,
  newLead,
  QUARANTINE_STATES,
  type QuarantineDetail,
  type QuarantineFilter,
} from '#domain/quarantine.ts';
import type { Services } from '../services.ts';
import { bodyOf, idParam, jsonBody, optionalBodyOf, pathId } from './action.ts';
import { isDryRun } from './dry-run.ts';
import { activityQuery, oneOf, readParams, wholeNumber } from './filter-query.ts';
import { EVENT_EXAMPLES } from './openapi/event-examples.ts';
import { EXAMPLE_IDS } from './openapi/example-ids.ts';
import { detailSchema, entrySchema, progressSchema, trialSchema, verdictSchema } from './retry-queue-schemas.ts';
import { defineRoute, errorResponses, type RestApp, type RestEnv } from './route.ts';

const permission = 'quarantine:manage';
const PATH = '/api/admin/retry-queue';
const tags = ['Retry queue'];

const listQuery = activityQuery.pick({ eventType: true, source: true, dateFrom: true, dateTo: true }).extend({
  state: oneOf(QUARANTINE_STATES).default('waiting'),
  code: z.array(z.string().max(100)).max(100).optional(),
  search: z
    .string()
    .max(500)
    .optional()
    .openapi({ description: 'Words and "phrases", all of which the body, the reason, type or source holds.' }),
  limit: wholeNumber(1, 200).default(50),
  cursor: z.string().max(2000).optional().openapi({ description: 'nextCursor of the page before.' }),
});

function answer<S extends z.ZodType>(description: string, schema: S) {
  return { description, content: { 'application/json': { schema } } };
}

const listAnswer = z.object({
  events: z.array(entrySchema),
  counts: z.object({ waiting: z.int(), replayed: z.int(), discarded: z.int() }),
  pagination: z.object({
    limit: z.int(),
    total: z.int(),
    totalIsCapped: z.boolean(),
    nextCursor: z.string().nullable(),
  }),
});

const list = defineRoute({
  permission,
  method: 'get',
  path: PATH,
  tags,
  summary: 'List the events in quarantine, newest first',
  request: { query: listQuery },
  responses: { 200: answer('One page', listAnswer), ...errorResponses('INVALID_INPUT', 'UNAVAILABLE') },
});

const get = defineRoute({
  permission,
  method: 'get',
  path: `${PATH}/{id}`,
  tags,
  summary: 'One event in quarantine, its body, and what is wrong with it now',
  request: { params: idParam },
  responses: { 200: answer('The event', detailSchema), ...errorResponses('NOT_FOUND', 'UNAVAILABLE') },
});

const editBody = z.object({ body: z.unknown() }).openapi('QuarantineEdit');
const edit = defineRoute({
  permission,
  method: 'patch',
  path: `${PATH}/{id}`,
  tags,
  summary: 'Correct an event in quarantine',
  description:
    'Kept beside the body as it came; the answer says what is still wrong. Replay it to bring it into the book.',
  request: { params: idParam, body: jsonBody(editBody, { body: EVENT_EXAMPLES.MESSAGE_SENT }) },
  responses: {
    200: answer('The event', detailSchema),
    ...errorResponses('INVALID_JSON', 'INVALID_INPUT', 'NOT_FOUND', 'CONFLICT', 'TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'),
  },
});

const replayReceipt = z.object({
  success: z.literal(true),
  status: z.enum(['stored', 'duplicate', 'spooled', 'quarantined']),
  activityId: z.uuid(),
  timestamp: z.iso.datetime(),
  quarantineId: z.uuid(),
});
const replay = defineRoute({
  permission,
  method: 'post',
  path: `${PATH}/{id}/replay`,
  tags,
  summary: 'Replay one event, at its original time',
  description:
    'Stored once however often it is replayed. When it is refused again, the error says why and it goes on waiting.',
  request: { params: idParam },
  responses: {
    200: answer('In the book', replayReceipt),
    ...errorResponses('INVALID_INPUT', 'NOT_FOUND', 'CONFLICT', 'IDEMPOTENCY_CONFLICT', 'UNKNOWN_TYPE', 'UNAVAILABLE'),
  },
});

const linkBody = z.object({ leadId: z.uuid() }).openapi('LinkLead');
const linkLead = defineRoute({
  permission,
  method: 'post',
  path: `${PATH}/{id}/link-lead`,
  tags,
  summary: 'Say whose an event of an unknown lead is',
  description:
    'For entries with `unknownLead`: the reference is this lead’s from now on, and its events in the book join its history. A key needs the scope `leads:write` too.',
  request: { params: idParam, body: jsonBody(linkBody, { leadId: EXAMPLE_IDS.lead }) },
  responses: {
    200: answer('Closed', replayReceipt),
    ...errorResponses('INVALID_JSON', 'INVALID_INPUT', 'NOT_FOUND', 'CONFLICT', 'UNSUPPORTED_MEDIA_TYPE'),
  },
});

// Made anew: a schema of the domain may be older than what gives schemas their openapi().
const leadBody = z.object(newLead.shape).openapi('NewLeadOfEvent');
const createLead = defineRoute({
  permission,
  method: 'post',
  path: `${PATH}/{id}/create-lead`,
  tags,
  summary: 'Create the lead of an event of an unknown lead',
  description:
    'For entries with `unknownLead`: a new lead with this reference, to which its events in the book belong. A key needs the scope `leads:write` too.',
  request: { params: idParam, body: jsonBody(leadBody, { firstName: 'Dana', lastName: 'Cruz' }) },
  responses: {
    200: answer('Closed', replayReceipt),
    ...errorResponses('INVALID_JSON', 'INVALID_INPUT', 'NOT_FOUND', 'CONFLICT', 'UNSUPPORTED_MEDIA_TYPE'),
  },
});

const reasonBody = z.object({ reason: discardReason }).openapi('Discard');
const discard = defineRoute({
  permission,
  method: 'post',
  path: `${PATH}/{id}/discard`,
  tags,
  summary: 'Discard an event, with a reason',
  request: { params: idParam, body: jsonBody(reasonBody, { reason: 'A test that was never meant for the book' }) },
  responses: {
    200: answer('Discarded', entrySchema),
    ...errorResponses('INVALID_JSON', 'INVALID_INPUT', 'NOT_FOUND', 'CONFLICT', 'UNSUPPORTED_MEDIA_TYPE'),
  },
});

const replayAllBody = massFilter
  .omit({ state: true })
  .extend({
    correction: mergePatch.optional().openapi({
      type: 'object',
      additionalProperties: true,
      description:
        'What is changed in the body of each before it is replayed, as a JSON merge patch (RFC 7386): members replace those of the body, null takes one away. It stays in those that are refused all the same; what came is kept beside it.',
    }),
  })
  .openapi('ReplayOfMany');
const replayAll = defineRoute({
  permission,
  method: 'post',
  path: `${PATH}/replay`,
  tags,
  summary: 'Replay all waiting events that match, oldest first, in the background',
  description:
    'Without a body: all. A field that is none of the filter is refused, and so is an empty list. With a correction each is corrected first. Follow it at GET /api/admin/retry-queue/replays/{id}.',
  request: {
    query: z.object({
      dryRun: z.enum(['0', '1', 'true', 'false']).optional().openapi({
        description: '1: changes nothing, and answers what would become of the first 100 of them.',
      }),
    }),
    body: jsonBody(replayAllBody, { codes: ['CATEGORY_MISMATCH'], correction: { eventCategory: 'SMS' } }, false),
  },
  responses: {
    200: answer('Tried', trialSchema),
    202: answer('Begun', progressSchema),
    ...errorResponses('INVALID_JSON', 'INVALID_INPUT', 'UNSUPPORTED_MEDIA_TYPE'),
  },
});

const progress = defineRoute({
  permission,
  method: 'get',
  path: `${PATH}/replays/{id}`,
  tags,
  summary: 'How far a replay is',
  request: { params: idParam },
  responses: { 200: answer('The replay', progressSchema), ...errorResponses('NOT_FOUND') },
});

const cancel = defineRoute({
  permission,
  method: 'post',
  path: `${PATH}/replays/{id}/cancel`,
  tags,
  summary: 'End a replay after the events that are under way',
  request: { params: idParam },
  responses: { 200: answer('The replay', progressSchema), ...errorResponses('NOT_FOUND') },
});

export function registerRetryQueue(app: RestApp, services: Pick<Services, 'retryQueue' | 'query'>): void {
  const { retryQueue, query } = services;
  for (const route of [list, get, edit, replay, linkLead, createLead, discard, replayAll, progress, cancel]) {
    app.openAPIRegistry.registerPath(route);
  }

  app.get(list.getRoutingPath(), list.middleware, async (c) => {
    const { workspaceId } = c.var.principal;
    const params = parseInput(listQuery, readParams(new URL(c.req.url).searchParams));
    const filter = toFilter(params, await query.timeZone(workspaceId));
    const { limit, cursor } = params;
    const [counts, { rows, ...page }] = await Promise.all([
      retryQueue.counts(workspaceId, filter),
      retryQueue.list(workspaceId, filter, { limit, cursor }),
    ]);
    return c.json({ events: rows, counts, pagination: { limit, ...page } });
  });

  /** The bodies as they stand in the database: parsed and written anew, their numbers would not be to the digit. */
  const answerDetail = async (c: Context<RestEnv>, { body, editedBody, ...entry }: QuarantineDetail) => {
    const verdict = verdictSchema.parse(await retryQueue.check(c.var.principal.workspaceId, entry.id));
    const text = JSON.stringify({ ...entry, verdict });
    const whole = `${text.slice(0, -1)},"body":${body},"editedBody":${editedBody ?? 'null'}}`;
    return c.body(whole, 200, { 'Content-Type': 'application/json' });
  };

  app.get(get.getRoutingPath(), get.middleware, async (c) =>
    answerDetail(c, await retryQueue.get(c.var.principal.workspaceId, pathId(c))),
  );
  app.patch(edit.getRoutingPath(), edit.middleware, async (c) => {
    const { body } = await bodyOf(c, editBody);
    return answerDetail(c, await retryQueue.edit(c.var.principal, pathId(c), body));
  });
  app.post(replay.getRoutingPath(), replay.middleware, async (c) => {
    const quarantineId = pathId(c);
    return c.json({ success: true, ...(await retryQueue.replay(c.var.principal, quarantineId)), quarantineId });
  });
  app.post(linkLead.getRoutingPath(), linkLead.middleware, async (c) => {
    const quarantineId = pathId(c);
    const { leadId } = await bodyOf(c, linkBody);
    const receipt = await retryQueue.linkLead(c.var.principal, quarantineId, leadId);
    return c.json({ success: true, ...receipt, quarantineId });
  });
  app.post(createLead.getRoutingPath(), createLead.middleware, async (c) => {
    const quarantineId = pathId(c);
    const receipt = await retryQueue.createLead(c.var.principal, quarantineId, await bodyOf(c, leadBody));
    return c.json({ success: true, ...receipt, quarantineId });
  });
  app.post(discard.getRoutingPath(), discard.middleware, async (c) => {
    const { reason } = await bodyOf(c, reasonBody);
    return c.json(await retryQueue.discard(c.var.principal, pathId(c), reason));
  });
  app.post(replayAll.getRoutingPath(), replayAll.middleware, async (c) => {
    const dryRun = isDryRun(new URL(c.req.url).searchParams);
    const { correction, ...given } = await optionalBodyOf(c, replayAllBody);
    const filter = { ...given, state: 'waiting' } as const;
    if (dryRun) return c.json(await retryQueue.tryAll(c.var.principal.workspaceId, filter, correction), 200);
    const begun = await retryQueue.replayAll(c.var.principal, filter, correction);
    c.header('Location', `${PATH}/replays/${begun.id}`);
    return c.json(begun, 202);
  });
  app.get(progress.getRoutingPath(), progress.middleware, async (c) =>
    c.json(await retryQueue.progress(c.var.principal.workspaceId, pathId(c))),
  );
  app.post(cancel.getRoutingPath(), cancel.middleware, async (c) =>
    c.json(await retryQueue.cancel(c.var.principal.workspaceId, pathId(c))),
  );
}

/** Days as the workspace's time zone has them. */
function toFilter(params: z.output<typeof listQuery>, timeZone: string): QuarantineFilter {
  return {
    state: params.state,
    codes: params.code,
    sources: params.source,
    types: params.eventType,
    search: params.search,
    from: spanOfDate(params.dateFrom ?? '', timeZone)?.from.toISOString(),
    before: spanOfDate(params.dateTo ?? '', timeZone)?.before.toISOString(),
  };
}
