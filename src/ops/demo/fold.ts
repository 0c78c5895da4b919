import { uuidv7 } from '#domain/ids.ts';
import { INITIAL_STATUS } from '#domain/lead-status.ts';
import type { EnrollmentState } from '#domain/lead-view.ts';
import type { DemoCampaign } from './cast.ts';
import type { Random } from './random.ts';
import type { DemoEvent } from './story.ts';

/** What the CRM knows of a lead after everything that happened to it. */
export interface LeadState {
  status: string;
  score: number | null;
  ownerId: string | null;
  claimedAt: number | null;
  readonly enrollments: EnrollmentRow[];
  readonly notes: NoteRow[];
}

export interface EnrollmentRow {
  readonly id: string;
  readonly campaign: DemoCampaign;
  readonly enrolledAt: number;
  step: number;
  state: EnrollmentState;
  endedAt: number | null;
}

export interface NoteRow {
  readonly id: string;
  readonly authorId: string | null;
  readonly body: string;
  readonly createdAt: number;
}

/** The rows follow from the events, in order of time: so what the pages show and what the book tells are one. */
export function foldEvents(random: Random, events: readonly DemoEvent[]): LeadState {
  const state: LeadState = {
    status: INITIAL_STATUS,
    score: null,
    ownerId: null,
    claimedAt: null,
    enrollments: [],
    notes: [],
  };
  for (const event of events) apply(random, state, event);
  return state;
}

function apply(random: Random, state: LeadState, { type, at, metadata, message, by, campaign }: DemoEvent): void {
  const active = state.enrollments.find((enrollment) => enrollment.state === 'active');
  switch (type) {
    case 'STATUS_CHANGED':
      state.status = String(metadata.to);
      break;
    case 'ICP_SCORE_UPDATED':
      state.score = Number(metadata.to);
      break;
    case 'LEAD_CLAIMED':
      state.ownerId = by?.id ?? null;
      state.claimedAt = at;
      break;
    case 'NOTE_ADDED':
      state.notes.push({ id: String(metadata.note_id), authorId: by?.id ?? null, body: message ?? '', createdAt: at });
      break;
    case 'CAMPAIGN_ENROLLED':
      if (campaign) state.enrollments.push(enrollment(random, campaign, at));
      break;
    case 'MESSAGE_SENT':
      if (active && active.campaign === campaign) active.step = Number(metadata.step);
      break;
    case 'CAMPAIGN_REMOVED':
    case 'CAMPAIGN_COMPLETED':
      if (active) Object.assign(active, { state: type === 'CAMPAIGN_REMOVED' ? 'removed' : 'completed', endedAt: at });
      break;
  }
}

function enrollment(random: Random, campaign: DemoCampaign, at: number): EnrollmentRow {
  return { id: uuidv7(at, random.uuid()), campaign, enrolledAt: at, step: 0, state: 'active', endedAt: null };
}
