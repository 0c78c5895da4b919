import { z } from '@hono/zod-openapi';
import { ACTOR_TYPES, type ActivityView, SEVERITIES, VISIBILITIES } from '#domain/activity.ts';
import { DOORS } from '#domain/catalogue/type.ts';

/** An activity in the words of the REST interface; each of its two lists names three of them its own way. */
const instant = z.iso.datetime();
const metadata = z.record(z.string(), z.unknown()).nullable();

const common = {
  id: z.uuid(),
  timestamp: instant.openapi({ description: 'When it happened.' }),
  eventType: z.string(),
  category: z.string(),
  description: z.string(),
  source: z.string(),
  executionId: z.string().nullable(),
  lead: z
    .object({
      id: z.uuid(),
      firstName: z.string().nullable(),
      lastName: z.string().nullable(),
      email: z.string().nullable(),
    })
    .nullable()
    .openapi({ description: 'Null as long as nobody knows the lead.' }),
  leadAirtableId: z.string().nullable(),
  createdBy: z.string().nullable().openapi({ description: 'The author as the caller named him, when by an id.' }),
  actor: z
    .object({ type: z.enum(ACTOR_TYPES), id: z.string().nullable(), label: z.string().nullable() })
    .nullable()
    .openapi({ description: 'Of type USER only when the author is a member of the workspace.' }),
  serviceKey: z
    .object({ id: z.string(), name: z.string() })
    .nullable()
    .openapi({ description: 'The service key that wrote it; null for what a person or Historybook itself wrote.' }),
  tags: z
    .array(z.string())
    .readonly()
    .openapi({ description: '`imported`: a record of an older system, brought in later.' }),
  recordedAt: instant.openapi({ description: 'When the book took it.' }),
  position: z.int().openapi({ description: 'Its place in the order in which the book took things.' }),
  door: z.enum(DOORS),
  visibility: z.enum(VISIBILITIES),
  severity: z.enum(SEVERITIES),
  status: z.string().nullable(),
};

export const activityLogSchema = z
  .object({ ...common, messageContent: z.string().nullable(), metadata })
  .openapi('ActivityLog');

export const timelineEntrySchema = z
  .object({ ...common, message: z.string().nullable(), details: metadata })
  .openapi('TimelineEntry');

export function toActivityLog(activity: ActivityView): z.infer<typeof activityLogSchema> {
  return { ...commonOf(activity), messageContent: activity.message, metadata: activity.metadata };
}

export function toTimelineEntry(activity: ActivityView): z.infer<typeof timelineEntrySchema> {
  return { ...commonOf(activity), message: activity.message, details: activity.metadata };
}

function commonOf(activity: ActivityView) {
  const { type, occurredAt, message, metadata: _, subjectKey, ...same } = activity;
  return { ...same, eventType: type, timestamp: occurredAt };
}
