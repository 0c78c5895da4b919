import type { EnrollmentState } from '#domain/lead-view.ts';
import type { Fact } from '../perform.ts';

/** The columns of a lead that a sync may write. */
export interface LeadColumns {
  readonly airtableRecordId: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
  readonly emailKey: string | null;
  readonly phone: string | null;
  readonly phoneKey: string | null;
  readonly company: string | null;
  readonly title: string | null;
  readonly status: string;
  readonly score: number | null;
  readonly ownerId: string | null;
  readonly claimedAt: Date | null;
}

export interface CampaignRef {
  readonly id: string;
  readonly name: string;
  readonly key: string;
  /** 0 when nobody said how many: such a campaign is never completed by a sync. */
  readonly steps: number;
}

export interface EnrollmentDraft {
  readonly id: string;
  readonly campaign: CampaignRef;
  readonly enrolledAt: Date;
  readonly isNew: boolean;
  step: number;
  state: EnrollmentState;
  endedAt: Date | null;
  isDirty: boolean;
}

export interface ItemFact {
  /** The item of the request that made it happen. */
  readonly index: number;
  readonly fact: Fact;
}

/**
 * A lead while a request is worked off: what it will be, and what the book will say of it. Items of one request that
 * mean the same lead follow each other on one draft, so each is judged by what the one before it left.
 */
export interface LeadDraft {
  readonly id: string;
  readonly isNew: boolean;
  readonly isArchived: boolean;
  columns: LeadColumns;
  isDirty: boolean;
  /** Newest first. */
  enrollments: EnrollmentDraft[];
  /** The first item that created the lead or changed a key it is known by. */
  keysChangedBy: number | undefined;
  readonly facts: ItemFact[];
}

const NOTHING_YET: Omit<LeadColumns, 'status'> = {
  airtableRecordId: null,
  firstName: null,
  lastName: null,
  email: null,
  emailKey: null,
  phone: null,
  phoneKey: null,
  company: null,
  title: null,
  score: null,
  ownerId: null,
  claimedAt: null,
};

export function newLeadDraft(id: string, status: string, index: number): LeadDraft {
  return {
    id,
    isNew: true,
    isArchived: false,
    columns: { ...NOTHING_YET, status },
    isDirty: true,
    enrollments: [],
    keysChangedBy: index,
    facts: [],
  };
}
