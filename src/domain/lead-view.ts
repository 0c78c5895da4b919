import type { Metadata } from './activity.ts';

/** A person as others in the workspace see it. */
export interface PersonView {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

export const ENROLLMENT_STATES = ['active', 'removed', 'completed'] as const;
export type EnrollmentState = (typeof ENROLLMENT_STATES)[number];

/** One time that a lead is or was in a campaign. */
export interface EnrollmentView {
  readonly id: string;
  readonly campaignId: string;
  readonly campaignName: string;
  readonly campaignKey: string;
  /** Steps reached so far; 0 before the first. */
  readonly step: number;
  /** Steps of the campaign; 0 when nobody said how many. */
  readonly steps: number;
  readonly state: EnrollmentState;
  readonly enrolledAt: string;
  readonly endedAt: string | null;
}

/** A lead as readers see it. Instants are ISO 8601 in UTC. */
export interface LeadView {
  readonly id: string;
  readonly airtableRecordId: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly company: string | null;
  readonly title: string | null;
  readonly status: string;
  readonly score: number | null;
  readonly owner: PersonView | null;
  readonly claimedAt: string | null;
  readonly lastActivityAt: string | null;
  readonly archivedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** In a list the active ones; of a single lead all, newest first. */
  readonly campaigns: readonly EnrollmentView[];
}

export interface NoteView {
  readonly id: string;
  readonly leadId: string;
  readonly body: string;
  readonly author: PersonView | null;
  readonly createdAt: string;
}

export interface CampaignView {
  readonly id: string;
  readonly name: string;
  /** The name other systems call it by, such as chatgpt_use_cases. */
  readonly key: string;
  readonly steps: number;
  readonly archivedAt: string | null;
  readonly createdAt: string;
  /** Leads that are in it now. */
  readonly activeLeads: number;
}

/**
 * The answer to an action: the activity that tells of it. With an idempotency key the same action again is answered
 * like the first time, with `duplicate` true, and changes nothing.
 */
export interface ActionReceipt {
  readonly success: true;
  readonly duplicate: boolean;
  readonly activityId: string;
  /** When it happened, ISO 8601 in UTC. */
  readonly timestamp: string;
  readonly leadId: string | null;
  /** The metadata of the activity: campaign_id, from, to, note_id, … */
  readonly details: Metadata;
}
