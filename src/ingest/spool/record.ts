import { z } from 'zod';
import { ACTOR_TYPES, type Metadata, type NewActivity, SEVERITIES, VISIBILITIES } from '#domain/activity.ts';
import { DOORS } from '#domain/catalogue/type.ts';
import { isPlainObject } from '#domain/json.ts';

/** An activity that waits for the book. */
export interface ActivityRecord {
  readonly kind: 'activity';
  readonly activity: NewActivity;
  /**
   * False when its type could not be looked up: it is judged at the drain. Its category is then what the caller said, ''
   * for nothing.
   */
  readonly isJudged: boolean;
}

/** Something refused that waits for the quarantine, in the quarantine's own words. */
export interface RefusalRecord {
  readonly kind: 'refusal';
  readonly entry: unknown;
}

export type SpoolRecord = ActivityRecord | RefusalRecord;

export function encodeRecord(record: SpoolRecord): string {
  return JSON.stringify(record);
}

/** @throws SyntaxError or ZodError for what this version cannot read */
export function decodeRecord(payload: Buffer): SpoolRecord {
  return recordSchema.parse(JSON.parse(payload.toString()));
}

const text = z.string();
const maybeText = text.optional();
const emptyText = text.nullish();

/** What of an activity can come here: all but the field that only a made-up history has. */
type Field = Exclude<keyof NewActivity, 'recordedAt'>;

/** Every field of an activity: one that is added there and forgotten here is an error of types. */
const activityShape: { readonly [K in Field]-?: z.ZodType<NewActivity[K]> } = {
  id: text,
  workspaceId: text,
  door: z.enum(DOORS),
  type: text,
  category: text,
  occurredAt: z.iso.datetime().transform((iso) => new Date(iso)),
  leadId: maybeText,
  leadAirtableId: maybeText,
  leadEmail: maybeText,
  leadPhone: maybeText,
  subjectKey: maybeText,
  description: text,
  message: emptyText,
  // As it came, not copied: a copy made member by member would lose one that is named __proto__.
  metadata: z.custom<Metadata>(isPlainObject).nullish(),
  source: text,
  executionId: emptyText,
  actor: z.object({ type: z.enum(ACTOR_TYPES), id: text.nullable(), label: text.nullable() }).optional(),
  createdBy: emptyText,
  serviceKey: z.object({ id: text, name: text }).optional(),
  entityType: maybeText,
  entityId: maybeText,
  brandId: maybeText,
  visibility: z.enum(VISIBILITIES).optional(),
  severity: z.enum(SEVERITIES).optional(),
  status: maybeText,
  success: z.boolean().optional(),
  errorCode: maybeText,
  errorMessage: maybeText,
  durationMs: z.number().optional(),
  sessionId: maybeText,
  url: maybeText,
  httpMethod: maybeText,
  httpStatus: z.number().optional(),
  direction: z.enum(['outgoing', 'incoming']).optional(),
  callId: maybeText,
  ip: maybeText,
  userAgent: maybeText,
  tags: z.array(text).optional(),
  idempotency: z.object({ key: text, bodyHash: text }).optional(),
};

const recordSchema: z.ZodType<SpoolRecord> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('activity'), activity: z.object(activityShape), isJudged: z.boolean() }),
  z.object({ kind: z.literal('refusal'), entry: z.unknown() }),
]);
