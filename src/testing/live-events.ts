import type { ActivityView } from '#domain/activity.ts';
import type { LiveEvent } from '#live/event.ts';

/** An activity as the tail hands it over. */
export function liveEvent(seq: number, values: Partial<ActivityView> = {}, workspaceId = 'w'): LiveEvent {
  const view: ActivityView = {
    id: `activity-${seq}`,
    position: seq,
    door: 'lead',
    type: 'MESSAGE_SENT',
    category: 'SMS',
    occurredAt: '2025-01-15T12:00:00.000Z',
    recordedAt: '2025-01-15T12:00:01.000Z',
    description: 'SMS sent',
    message: null,
    metadata: null,
    source: 'test:live',
    executionId: null,
    lead: null,
    leadAirtableId: null,
    subjectKey: null,
    actor: null,
    createdBy: null,
    serviceKey: null,
    visibility: 'INTERNAL',
    severity: 'INFO',
    status: null,
    tags: [],
    ...values,
  };
  return { seq, workspaceId, view, json: Buffer.from(JSON.stringify(view)) };
}
