import type { NewActivity } from '#domain/activity.ts';
import { builtInType } from '#domain/catalogue/index.ts';
import { uuidv7 } from '#domain/ids.ts';
import { emailKey, phoneKey } from '#domain/lead.ts';
import type { DemoContact } from './cast.ts';
import { foldEvents, type LeadState } from './fold.ts';
import type { JourneyPlan } from './journey.ts';
import type { Random } from './random.ts';
import type { Recording } from './recording.ts';
import { type DemoEvent, SOURCES } from './story.ts';

export interface DemoLead {
  readonly id: string;
  readonly workspaceId: string;
  readonly contact: DemoContact;
  readonly createdAt: number;
  readonly lastActivityAt: number | null;
  readonly state: LeadState;
}

/** An activity, and when the book heard of it. */
export interface DemoActivity extends NewActivity {
  readonly recordedAt: Date;
}

/** The story of one lead, before it is written down. */
export interface Draft {
  readonly id: string;
  readonly plan: JourneyPlan;
  readonly early: readonly DemoEvent[];
  events: DemoEvent[];
}

/** Workflows know a lead by its Airtable id, people by the lead itself. */
export function told(
  random: Random,
  { id, plan }: Draft,
  events: readonly DemoEvent[],
  recording: Recording | undefined,
): DemoActivity[] {
  return events.map(({ at, type, by, campaign, executionId, ...event }) => ({
    id: uuidv7(at, random.uuid()),
    recordedAt: new Date(recording?.heardOf({ at, source: event.source }) ?? at),
    workspaceId: plan.workspace.id,
    door: 'lead',
    type,
    category: builtInType(type)?.category ?? 'SYSTEM',
    occurredAt: new Date(at),
    ...event,
    ...(executionId !== undefined && { executionId }),
    ...(by
      ? { leadId: id, createdBy: by.id, actor: { type: 'USER', id: by.id, label: by.email } as const }
      : { leadAirtableId: plan.contact.airtableRecordId }),
  }));
}

export function identified(random: Random, { id, plan, early }: Draft): DemoActivity {
  const { airtableRecordId, email, phone, firstName, lastName } = plan.contact;
  const keys = [`airtable:${airtableRecordId}`, `email:${emailKey(email)}`, `phone:${phoneKey(phone)}`];
  const joined =
    early.length === 0
      ? ''
      : `; ${early.length} earlier ${early.length === 1 ? 'activity joins' : 'activities join'} its history`;
  return {
    id: uuidv7(plan.begins, random.uuid()),
    workspaceId: plan.workspace.id,
    door: 'workspace',
    type: 'lead.identified',
    category: 'SYSTEM',
    occurredAt: new Date(plan.begins),
    recordedAt: new Date(plan.begins),
    leadId: id,
    description: `New lead: ${firstName} ${lastName}${joined}`,
    metadata: { keys, earlier_activities: early.length, created: true },
    source: SOURCES.sync,
  };
}

export function toLead(random: Random, { id, plan, early, events }: Draft): DemoLead {
  const state = foldEvents(random, events);
  const last = Math.max(...[...early, ...events].map(({ at }) => at));
  const lastActivityAt = Number.isFinite(last) ? last : null;
  return { id, workspaceId: plan.workspace.id, contact: plan.contact, createdAt: plan.begins, lastActivityAt, state };
}
