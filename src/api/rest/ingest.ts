import { z } from '@hono/zod-openapi';
import type { Receipt } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import type { Principal } from '#domain/principal.ts';
import { LIMITS, type SubmitContext } from '#doors/lead/log-activity.ts';
import type { Services } from '../services.ts';
import { BATCH_EXAMPLES, batchSchema, EVENT_SCHEMA, ONE_EVENT_EXAMPLES } from './openapi/event-schemas.ts';
import { defineRoute, errorBodySchema, errorResponses, type RestApp } from './route.ts';

const receiptSchema = z
  .object({
    success: z.literal(true),
    activityId: z.uuid(),
    timestamp: z.iso.datetime(),
    status: z.enum(['stored', 'duplicate', 'spooled', 'quarantined']),
  })
  .openapi('Receipt');

const idempotencyHeader = z.object({
  'Idempotency-Key': z.string().max(255).optional().openapi({
    description:
      'The same key and body again is answered with the first receipt; the same key with another body is 409.',
  }),
});

export const INGEST_PERMISSION = 'activity:write';

export const logActivity = defineRoute({
  permission: INGEST_PERMISSION,
  method: 'post',
  path: '/api/internal/log-activity',
  tags: ['Ingest'],
  summary: 'Log one event of a lead',
  description:
    'Answered only when the event is durable. One of leadId, leadAirtableId, leadEmail, leadPhone is required. Without an ' +
    'idempotency key, an identical body with the same executionId is a duplicate too.',
  request: {
    headers: idempotencyHeader,
    body: {
      content: { 'application/json': { schema: EVENT_SCHEMA, examples: ONE_EVENT_EXAMPLES } },
      required: true,
    },
  },
  responses: {
    201: { description: 'Stored', content: { 'application/json': { schema: receiptSchema } } },
    200: { description: 'Was stored before', content: { 'application/json': { schema: receiptSchema } } },
    202: {
      description: 'On disk: the database cannot be reached, and has it under this id as soon as it can be',
      content: { 'application/json': { schema: receiptSchema } },
    },
    ...errorResponses(
      'INVALID_JSON',
      'INVALID_INPUT',
      'IDEMPOTENCY_CONFLICT',
      'TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'UNKNOWN_TYPE',
      'CATEGORY_MISMATCH',
      'IMPOSSIBLE_TIME',
      'UNKNOWN_LEAD',
      'AMBIGUOUS_LEAD',
      'LEAD_MISMATCH',
      'UNAVAILABLE',
    ),
  },
});

const batchAnswer = z
  .object({
    success: z.boolean().openapi({ description: 'True when every event was taken.' }),
    dryRun: z.boolean(),
    stored: z.int(),
    duplicates: z.int(),
    spooled: z.int().openapi({ description: 'How many are on disk, and in the book as soon as it can be reached.' }),
    refused: z.int(),
    quarantined: z.int().openapi({ description: 'How many of the refused events are kept in quarantine.' }),
    results: z.array(
      z.union([
        receiptSchema.extend({ httpStatus: z.int() }),
        errorBodySchema.extend({ success: z.literal(false), httpStatus: z.int() }),
      ]),
    ),
  })
  .openapi('BatchReceipt');

export const logActivityBatch = defineRoute({
  permission: INGEST_PERMISSION,
  method: 'post',
  path: '/api/internal/log-activity/batch',
  tags: ['Ingest'],
  summary: 'Log up to 1,000 events, each judged alone',
  description: 'One bad event never costs a good one. The answer has a result for each event, in order.',
  request: {
    query: z.object({
      dryRun: z
        .enum(['0', '1', 'true', 'false'])
        .optional()
        .openapi({ description: '1: judge everything, store nothing' }),
    }),
    body: {
      content: {
        'application/json': { schema: batchSchema(LIMITS.batchEvents), examples: BATCH_EXAMPLES },
      },
      required: true,
    },
  },
  responses: {
    207: { description: 'A result for each event', content: { 'application/json': { schema: batchAnswer } } },
    ...errorResponses('INVALID_JSON', 'INVALID_INPUT', 'TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'),
  },
});

/** Puts both into the document; ingest-handler.ts answers them, with the door's own judgement of the same schemas. */
export function registerIngest(app: RestApp): void {
  app.openAPIRegistry.registerPath(logActivity);
  app.openAPIRegistry.registerPath(logActivityBatch);
}

export function contextOf(
  { access }: Pick<Services, 'access'>,
  principal: Principal,
  idempotencyKey?: string,
): SubmitContext {
  const { workspaceId } = principal;
  const common = { workspaceId, idempotencyKey, findMember: access.findMember };
  if (principal.kind === 'user') return { ...common, userId: principal.userId };
  return { ...common, userId: undefined, serviceKey: { id: principal.keyId, name: principal.name } };
}

export function statusOf({ status }: Receipt): 200 | 201 | 202 {
  if (status === 'spooled') return 202;
  return status === 'stored' ? 201 : 200;
}

export function batchBody(
  { log }: Pick<Services, 'log'>,
  results: readonly (Receipt | AppError)[],
  dryRun: boolean,
  requestId: string,
) {
  // The caller hears of no insides: they are told here.
  const failed = results.filter((result) => result instanceof AppError && result.status === 500);
  if (failed[0]) log.error({ err: failed[0], events: failed.length, requestId }, 'events of a batch failed');
  const taken = results.filter((result) => !(result instanceof AppError));
  return {
    success: taken.length === results.length,
    dryRun,
    stored: taken.filter(({ status }) => status === 'stored').length,
    duplicates: taken.filter(({ status }) => status === 'duplicate').length,
    spooled: taken.filter(({ status }) => status === 'spooled').length,
    refused: results.length - taken.length,
    quarantined: results.filter((result) => result instanceof AppError && result.quarantineId !== undefined).length,
    results: results.map((result) =>
      result instanceof AppError
        ? { success: false, httpStatus: result.status, ...result.toBody(requestId) }
        : { success: true, httpStatus: statusOf(result), ...result },
    ),
  };
}
