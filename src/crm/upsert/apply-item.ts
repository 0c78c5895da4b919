import { emailKey, leadName, phoneKey } from '#domain/lead.ts';
import { INITIAL_STATUS } from '#domain/lead-status.ts';
import type { PersonView } from '#domain/lead-view.ts';
import { nameOf, ownerChange } from '../ownership.ts';
import type { Fact } from '../perform.ts';
import { statusChange } from '../status.ts';
import { applyCampaign } from './apply-campaign.ts';
import type { LeadItem } from './item.ts';
import type { CampaignRef, LeadColumns, LeadDraft } from './lead-draft.ts';

/** What an item's names stand for. */
export interface Resolved {
  /** undefined: not named, or nobody here; null: to be cleared. */
  readonly owner: PersonView | null | undefined;
  readonly formerOwner: PersonView | null;
  readonly campaign: CampaignRef | null | undefined;
  readonly now: Date;
}

/** Fields that enrichment fills. */
const ENRICHED = ['firstName', 'lastName', 'company', 'title'] as const;

/**
 * Brings a draft to what the item says and notes what that means for the book. The first values of a new lead are no
 * changes; its enrolment is. Answers whether anything changed.
 */
export function applyItem(draft: LeadDraft, index: number, item: LeadItem, resolved: Resolved): boolean {
  const before = draft.columns;
  const after = merged(before, item, resolved);
  const changed = COLUMNS.filter((column) => before[column] !== after[column]);
  const facts = draft.isNew ? [] : changeFacts(before, after, resolved);
  draft.columns = after;
  if (changed.length > 0) draft.isDirty = true;
  if (changed.some((column) => KEYS.has(column))) draft.keysChangedBy ??= index;

  const campaign = applyCampaign(draft, item, resolved.campaign, resolved.now);
  for (const fact of [...facts, ...campaign.facts]) draft.facts.push({ index, fact: { ...fact, leadId: draft.id } });
  return changed.length > 0 || campaign.changed;
}

const COLUMNS = [
  'airtableRecordId',
  'firstName',
  'lastName',
  'email',
  'phone',
  'company',
  'title',
  'status',
  'score',
  'ownerId',
] as const satisfies readonly (keyof LeadColumns)[];

const KEYS: ReadonlySet<keyof LeadColumns> = new Set<keyof LeadColumns>(['airtableRecordId', 'email', 'phone']);

function merged(before: LeadColumns, item: LeadItem, { owner, now }: Resolved): LeadColumns {
  const email = kept(item.email, before.email);
  const phone = kept(item.phone, before.phone);
  const ownerId = owner === undefined ? before.ownerId : (owner?.id ?? null);
  return {
    airtableRecordId: kept(item.airtableRecordId, before.airtableRecordId),
    firstName: kept(item.firstName, before.firstName),
    lastName: kept(item.lastName, before.lastName),
    email,
    emailKey: email === null ? null : emailKey(email),
    phone,
    phoneKey: phone === null ? null : phoneKey(phone),
    company: kept(item.company, before.company),
    title: kept(item.title, before.title),
    status: item.status === undefined ? before.status : (item.status ?? INITIAL_STATUS),
    score: kept(item.score, before.score),
    ownerId,
    claimedAt: ownerId === before.ownerId ? before.claimedAt : ownerId === null ? null : now,
  };
}

function kept<T>(given: T | undefined, before: T): T {
  return given === undefined ? before : given;
}

function changeFacts(before: LeadColumns, after: LeadColumns, { owner, formerOwner }: Resolved): Fact[] {
  const facts: Fact[] = [];
  const fields = ENRICHED.filter((field) => before[field] === null && after[field] !== null);
  if (fields.length > 0) {
    facts.push({ type: 'ENRICHMENT_COMPLETED', description: `Enriched: ${fields.join(', ')}`, metadata: { fields } });
  }
  if (before.score !== after.score) facts.push(scoreChange(before.score, after.score));
  if (before.status !== after.status) facts.push(statusChange(before.status, after.status));
  if (before.ownerId !== after.ownerId) {
    facts.push(
      owner
        ? ownerChange(formerOwner, owner, `Assigned to ${nameOf(owner)}`)
        : {
            type: 'lead.released',
            description: `Released by ${nameOf(formerOwner)}`,
            metadata: { from: formerOwner?.email ?? null, to: null },
          },
    );
  }
  return facts;
}

function scoreChange(from: number | null, to: number | null): Fact {
  const description = to === null ? 'ICP score cleared' : `ICP score ${from === null ? 'set to' : `${from} →`} ${to}`;
  return { type: 'ICP_SCORE_UPDATED', description, metadata: { from, to } };
}

/** The fact that a lead became known under its keys, which earlier events came with. */
export function identified(draft: LeadDraft, keys: readonly string[], earlier: number): Fact {
  return { ...identification(leadName(draft.columns), keys, earlier, draft.isNew), leadId: draft.id };
}

/** What is told when a lead has new keys, with the number of activities that came under them before. */
export function identification(name: string, keys: readonly string[], earlier: number, isNew: boolean): Fact {
  const joined =
    earlier === 0 ? '' : `; ${earlier} earlier ${earlier === 1 ? 'activity joins' : 'activities join'} its history`;
  return {
    type: 'lead.identified',
    description: `${isNew ? 'New lead' : 'Lead identified'}: ${name}${joined}`,
    metadata: { keys, earlier_activities: earlier, created: isNew },
  };
}
