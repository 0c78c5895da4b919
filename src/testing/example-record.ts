import type { NewActivity } from '#domain/activity.ts';
import type { ActivityRecord } from '#ingest/spool/record.ts';
import { newId } from '#platform/ids.ts';

/** A record of an activity that says which it is in its description. */
export function exampleRecord(description: string, values: Partial<NewActivity> = {}): ActivityRecord {
  const activity: NewActivity = {
    id: newId(Date.now()),
    workspaceId: '0197c1a0-0000-7000-8000-000000000000',
    door: 'lead',
    type: 'MESSAGE_SENT',
    category: 'SMS',
    occurredAt: new Date(),
    leadAirtableId: 'rec0spool',
    description,
    source: 'test:spool',
    ...values,
  };
  return { kind: 'activity', activity, isJudged: true };
}
