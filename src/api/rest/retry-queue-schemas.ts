import { z } from '@hono/zod-openapi';
import { ERRORS } from '#domain/errors.ts';
import { QUARANTINE_STATES, type QuarantineView, REPLAY_STATES, type ReplayProgress } from '#domain/quarantine.ts';

const issues = z.array(z.object({ path: z.string(), message: z.string() }));
const instant = z.iso.datetime();

/** An event in quarantine, for the OpenAPI document. */
export const entrySchema = z
  .object({
    id: z.uuid(),
    door: z.string(),
    type: z.string().nullable(),
    source: z.string().nullable(),
    code: z.string().openapi({ description: 'Why it was refused, the last time that it was tried.' }),
    message: z.string(),
    issues,
    receivedAt: instant,
    lastReceivedAt: instant,
    originalOccurredAt: instant
      .nullable()
      .openapi({ description: 'When it happened, as its body says, or, when it does not say, when it was observed.' }),
    idempotencyKey: z.string().nullable(),
    repeats: z.int().openapi({ description: 'How often the same body came again.' }),
    state: z.enum(QUARANTINE_STATES),
    retryCount: z.int(),
    nextRetryAt: instant.nullable().openapi({ description: 'When it is tried again by itself.' }),
    lastError: z.string().nullable(),
    isEdited: z.boolean(),
    editedBy: z.string().nullable(),
    editedAt: instant.nullable(),
    resolvedActivityId: z.uuid().nullable().openapi({
      description: 'The activity it became, whose metadata.quarantine_id is this id.',
    }),
    resolvedBy: z.string().nullable(),
    resolvedAt: instant.nullable(),
    discardReason: z.string().nullable(),
    unknownLead: z.string().nullable().openapi({
      description:
        'The reference that no lead has, such as airtable:recA, when the event is in the book and its lead is unknown for too long.',
    }),
    activityId: z.uuid().nullable().openapi({ description: 'The first event in the book under that reference.' }),
  })
  .openapi('QuarantinedEvent') satisfies z.ZodType<QuarantineView>;

const refusal = z.object({ code: z.enum(Object.keys(ERRORS)), message: z.string(), issues });

export const verdictSchema = z
  .union([z.object({ ok: z.literal(true) }), refusal.extend({ ok: z.literal(false) })])
  .openapi('QuarantineVerdict', { description: 'What would be answered if it were replayed now.' });

export const detailSchema = entrySchema
  .extend({
    body: z.unknown().openapi({ description: 'As it came.' }),
    editedBody: z.unknown().openapi({ description: 'What a person made of it; null when nobody did.' }),
    verdict: verdictSchema,
  })
  .openapi('QuarantinedEventDetail');

export const progressSchema = z
  .object({
    id: z.uuid(),
    state: z.enum(REPLAY_STATES),
    total: z.int(),
    processed: z.int(),
    succeeded: z.int(),
    failed: z.int(),
    startedBy: z.string(),
    startedAt: instant,
    finishedAt: instant.nullable(),
  })
  .openapi('ReplayProgress') satisfies z.ZodType<ReplayProgress>;

export const trialSchema = z
  .object({
    matching: z.int().openapi({ description: 'How many events match and wait.' }),
    tried: z.int().openapi({ description: 'The first of them, at most 100.' }),
    accepted: z.int(),
    refusals: z
      .array(refusal.extend({ events: z.int() }))
      .openapi({ description: 'Why the others of those tried would be refused, the most frequent first.' }),
  })
  .openapi('ReplayTrial');
