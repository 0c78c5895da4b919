import type { Metadata } from '#domain/activity.ts';
import type { DemoCampaign, DemoPerson } from './cast.ts';
import { HOUR, MINUTE, newId, SOURCES, type Story, someoneOf, soon, tell, untilWork, wordsOf } from './story.ts';
import { NOTES, say } from './texts.ts';
import type { WorkingTime } from './working-time.ts';

/** What the team does, by hand or through the sync from its tables. */

export function enrol(story: Story, working: WorkingTime, wanted?: DemoCampaign): void {
  const { random, workspace, events } = story;
  const hadOne = events.some(({ type }) => type === 'CAMPAIGN_ENROLLED');
  const open = workspace.campaigns.filter(
    (campaign) => !campaign.isArchived && (!campaign.isNurture || hadOne) && !wasIn(story, campaign),
  );
  const nurture = workspace.campaigns.find(({ isNurture }) => isNurture);
  const [first = workspace.campaigns[0]] = hadOne && nurture && random.chance(0.5) ? [nurture] : random.shuffled(open);
  const campaign = wanted ?? (open.length > 0 ? first : (nurture ?? first));
  const byHand = random.chance(0.4);
  if (byHand) untilWork(story, working);
  const person = someoneOf(story);
  tell(story, 'CAMPAIGN_ENROLLED', {
    description: `Enrolled in campaign: ${campaign.name}`,
    metadata: {
      ...namesOf(campaign),
      ...(byHand && { enrolled_by_user_id: person.id, enrolled_by_email: person.email }),
    },
    campaign,
    ...(byHand ? { source: 'ui:campaign-enroll', by: person } : { source: SOURCES.sync }),
  });
  story.campaign = campaign;
  story.step = 0;
  story.at += random.between(10 * MINUTE, 3 * HOUR);
}

function wasIn({ events }: Story, campaign: DemoCampaign): boolean {
  return events.some((event) => event.type === 'CAMPAIGN_ENROLLED' && event.campaign === campaign);
}

/** As the CRM itself names a campaign. */
function namesOf({ id, name, key }: DemoCampaign): Metadata {
  return { campaign_id: id, campaign_name: name, campaign_key: key };
}

export function removeFromCampaign(story: Story, by: DemoPerson | string, reason: string): void {
  const { campaign, step } = story;
  if (!campaign) return;
  const isPerson = typeof by !== 'string';
  tell(story, 'CAMPAIGN_REMOVED', {
    after: isPerson ? soon(story, MINUTE, HOUR) : 1_200,
    description: `Removed from campaign: ${campaign.name}`,
    metadata: { ...namesOf(campaign), step, reason, ...(isPerson && { removed_by_email: by.email }) },
    campaign,
    ...(isPerson ? { source: 'ui:campaign-remove', by } : { source: by }),
  });
  story.campaign = undefined;
  story.step = 0;
}

/** By a person, or by the five-minute sync. */
export function changeStatus(story: Story, to: string, by: DemoPerson | 'sync'): void {
  const from = story.status;
  if (from === to) return;
  story.status = to;
  const told = { description: `Status changed from ${from} to ${to}`, after: soon(story, MINUTE, 5 * MINUTE) };
  if (by === 'sync') tell(story, 'STATUS_CHANGED', { ...told, metadata: { from, to }, source: SOURCES.sync });
  else {
    const metadata = { from, to, changed_by_user_id: by.id, changed_by_email: by.email };
    tell(story, 'STATUS_CHANGED', { ...told, metadata, source: 'ui:status-change', by });
  }
}

export function claim(story: Story, by: DemoPerson): void {
  if (story.owner) return;
  story.owner = by;
  tell(story, 'LEAD_CLAIMED', {
    after: soon(story, MINUTE, 2 * HOUR),
    description: `Claimed by ${by.name}`,
    metadata: { from: null, to: by.email, claimed_by_user_id: by.id, claimed_by_email: by.email },
    source: 'ui:lead-claim',
    by,
  });
}

export function note(story: Story, by: DemoPerson, text?: string): void {
  const message = text ?? say(story.random, NOTES, wordsOf(story));
  const added = { added_by_user_id: by.id, added_by_email: by.email };
  tell(story, 'NOTE_ADDED', {
    after: soon(story, 2 * MINUTE, HOUR),
    description: `Note added by ${by.name}`,
    message,
    metadata: { note_id: newId(story), ...added },
    source: 'ui:note-add',
    by,
  });
}

/** A person looks after the lead. */
export function lookAfter(story: Story, working: WorkingTime): void {
  const { random } = story;
  untilWork(story, working);
  const person = someoneOf(story);
  if (random.chance(0.35)) claim(story, person);
  if (random.chance(0.85)) note(story, someoneOf(story));
  if (random.chance(0.2)) {
    const next = random.pick(['Qualified', 'Nurture', 'Contacted']);
    if (!['Booked', 'Closed won', 'Opted out'].includes(story.status)) changeStatus(story, next, someoneOf(story));
  }
  if (random.chance(0.06)) removeFromCampaign(story, someoneOf(story), 'handled in person');
}

/** The score of the lead changes: by what it did, or by what the sync found out. */
export function rescore(story: Story, by: number, reason: string): void {
  const from = story.score;
  // What is high already hardly rises.
  const to = Math.max(5, Math.min(99, Math.round(from + by - Math.max(0, from - 62) / 3)));
  if (from === to) return;
  story.score = to;
  tell(story, 'ICP_SCORE_UPDATED', {
    after: story.random.between(2_000, 5 * MINUTE),
    description: `ICP score ${from} → ${to}`,
    metadata: { from, to, reason },
    source: SOURCES.sync,
  });
}

/** What the form did not say is filled in. */
export function enrich(story: Story): void {
  const fields = story.isEnriched ? ['title'] : story.random.pick([['company', 'title'], ['company'], ['title']]);
  story.isEnriched = true;
  tell(story, 'ENRICHMENT_COMPLETED', {
    after: story.random.between(MINUTE, 12 * MINUTE),
    description: `Enriched: ${fields.join(', ')}`,
    metadata: { fields, provider: 'clay' },
    source: SOURCES.sync,
  });
}

/** The end that everybody hopes for, or the other one. */
export function close(story: Story, working: WorkingTime, isWon: boolean): void {
  untilWork(story, working);
  const person = someoneOf(story);
  claim(story, person);
  const { first, company } = wordsOf(story);
  const text = isWon
    ? story.random.pick([
        `${first} signed today. Start on the first of the month.`,
        `Contract with ${company} is signed!`,
      ])
    : story.random.pick([`${first} decided for somebody else.`, `${company} stopped the project, budget is gone.`]);
  note(story, person, text);
  removeFromCampaign(story, person, isWon ? 'became a client' : 'lost');
  changeStatus(story, isWon ? 'Closed won' : 'Closed lost', person);
}
