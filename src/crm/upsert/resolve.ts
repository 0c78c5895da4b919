import type { Issue } from '#domain/errors.ts';
import type { PersonView } from '#domain/lead-view.ts';
import { campaignCreated, campaignKey } from '../campaigns.ts';
import { ownersByEmail, PERSON } from '../people.ts';
import { type Tx, takeTurn } from '../transact.ts';
import type { Resolved } from './apply-item.ts';
import type { LeadItem } from './item.ts';
import type { CampaignRef, ItemFact, LeadDraft } from './lead-draft.ts';

export interface Resolver {
  /** Who and what an item names; creates a campaign nobody knew. */
  resolve(index: number, item: LeadItem, draft: LeadDraft): Promise<Resolved & { readonly issues: readonly Issue[] }>;
  /** The campaigns it created, for the book. */
  readonly facts: readonly ItemFact[];
}

/** Knows the campaigns of the workspace, the owners that the items name and those that the leads have. */
export async function createResolver(
  tx: Tx,
  workspaceId: string,
  items: readonly LeadItem[],
  drafts: Iterable<LeadDraft>,
  now: Date,
): Promise<Resolver> {
  const owners = await ownersByEmail(
    tx,
    workspaceId,
    items.flatMap(({ owner }) => owner ?? []),
  );
  const former = await peopleById(tx, items.some(({ owner }) => owner !== undefined) ? drafts : []);
  let campaigns = items.some(({ campaign }) => campaign) ? await campaignsOf(tx, workspaceId) : [];
  const facts: ItemFact[] = [];

  const campaignOf = async (index: number, text: string): Promise<CampaignRef> => {
    const known = findCampaign(campaigns, text);
    if (known) return known;
    await takeTurn(tx, 'campaign names', workspaceId);
    campaigns = await campaignsOf(tx, workspaceId);
    const madeMeanwhile = findCampaign(campaigns, text);
    if (madeMeanwhile) return madeMeanwhile;
    const data = { workspaceId, name: text, key: freeKey(campaigns, text), steps: 0, createdAt: now };
    const created = await tx.campaign.create({ data });
    campaigns = [...campaigns, created];
    facts.push({ index, fact: campaignCreated(created) });
    return created;
  };

  return {
    facts,
    async resolve(index, item, draft) {
      const owner = item.owner ? owners.get(item.owner.toLowerCase()) : cleared(item.owner);
      const formerId = draft.columns.ownerId;
      const message = 'no administrator or PM of this workspace has this e-mail; the owner was left as it is';
      return {
        owner,
        formerOwner:
          (formerId && former.get(formerId)) || [...owners.values()].find(({ id }) => id === formerId) || null,
        campaign: item.campaign ? await campaignOf(index, item.campaign) : cleared(item.campaign),
        now,
        issues: item.owner && !owner ? [{ path: 'owner', message }] : [],
      };
    },
  };
}

function campaignsOf(tx: Tx, workspaceId: string): Promise<CampaignRef[]> {
  return tx.campaign.findMany({
    where: { workspaceId },
    select: { id: true, name: true, key: true, steps: true },
    orderBy: { id: 'asc' },
  });
}

/** A name that is not given names nothing: null clears, undefined leaves. */
function cleared(name: string | null | undefined): null | undefined {
  return name === undefined ? undefined : null;
}

async function peopleById(tx: Tx, drafts: Iterable<LeadDraft>): Promise<ReadonlyMap<string, PersonView>> {
  const ids = [...drafts].flatMap(({ columns }) => columns.ownerId ?? []);
  if (ids.length === 0) return new Map();
  const people = await tx.user.findMany({ where: { id: { in: ids } }, select: PERSON });
  return new Map(people.map((person) => [person.id, person]));
}

/** By key as it is written, else by key or name whatever the case. */
function findCampaign(campaigns: readonly CampaignRef[], text: string): CampaignRef | undefined {
  const lower = text.toLowerCase();
  return (
    campaigns.find(({ key }) => key === text) ??
    campaigns.find(({ key, name }) => key.toLowerCase() === lower || name.toLowerCase() === lower)
  );
}

/** A name that is a key already stays one. Two names that give one key are told apart by a number. */
function freeKey(campaigns: readonly CampaignRef[], name: string): string {
  const base = /^[a-z0-9][a-z0-9_.-]{0,99}$/i.test(name) ? name : campaignKey(name);
  const taken = new Set(campaigns.map(({ key }) => key));
  let key = base;
  for (let n = 2; taken.has(key); n += 1) key = `${base}_${n}`;
  return key;
}
