import { uuidv7 } from '#domain/ids.ts';
import { phoneKey } from '#domain/lead.ts';
import { castContacts, castWorkspaces, type DemoContact, type DemoWorkspace } from './cast.ts';
import { type JourneyPlan, type Outcome, writeJourney } from './journey.ts';
import { type DemoActivity, type DemoLead, type Draft, identified, toLead, told } from './lead-story.ts';
import { createRandom, type Random } from './random.ts';
import { createRecording } from './recording.ts';
import { DAY, type DemoEvent, HOUR, MINUTE, preview, SOURCES } from './story.ts';
import { createWorkingTime, type WorkingTime } from './working-time.ts';

/** Everything the demo consists of. */
export interface DemoBook {
  readonly workspaces: readonly DemoWorkspace[];
  readonly leads: readonly DemoLead[];
  /** They came under an Airtable id before its lead was known: to be taken before the leads are there. */
  readonly early: readonly DemoActivity[];
  /** All others, in the order in which the book heard of them. */
  readonly activities: readonly DemoActivity[];
}

export const DEMO_ACTIVITIES = 20_000;
const SPAN = 182 * DAY;
/** Leads whose first events came before them. */
const LATE_LEADS = 24;
/** Leads that are in touch within the last hours. */
const LATEST_LEADS = 26;

/** Two workspaces, 200 leads and 20,000 activities over the six months before `now`; the same for the same seed. */
export function makeDemoBook(seed: string, now: number): DemoBook {
  const random = createRandom(seed);
  const workspaces = castWorkspaces(random, now - SPAN - DAY);
  const contacts = castContacts(
    random,
    workspaces.reduce((sum, { leads }) => sum + leads, 0),
  );
  const working = new Map(workspaces.map(({ id, timeZone }) => [id, createWorkingTime(timeZone)]));
  const plans = planJourneys(random, workspaces, contacts, now);
  const drafts = plans.map((plan, i): Draft => {
    const time = working.get(plan.workspace.id) ?? createWorkingTime('UTC');
    const events = writeJourney(random, plan, time);
    return {
      id: uuidv7(plan.begins, random.uuid()),
      plan,
      early: i % Math.ceil(plans.length / LATE_LEADS) === 3 ? writeEarly(random, plan) : [],
      events: events.filter(({ at }) => at < now),
    };
  });
  bringTo(random, drafts, DEMO_ACTIVITIES - drafts.length, now, working);

  const recordings = new Map(
    workspaces.map(({ id, timeZone }) => [
      id,
      createRecording(random, working.get(id) ?? createWorkingTime(timeZone), now),
    ]),
  );
  const tell = (draft: Draft, events: readonly DemoEvent[]) =>
    told(random, draft, events, recordings.get(draft.plan.workspace.id));
  const activities = drafts.flatMap((draft) => [identified(random, draft), ...tell(draft, draft.events)]);
  return {
    workspaces,
    leads: drafts.map((draft) => toLead(random, draft)),
    early: drafts.flatMap((draft) => tell(draft, draft.early)).sort(byRecording),
    activities: activities.sort(byRecording),
  };
}

const byRecording = (a: DemoActivity, b: DemoActivity) => a.recordedAt.getTime() - b.recordedAt.getTime();

/** Sizes of the stories relative to each other, by outcome. */
const SIZES: Readonly<Record<Outcome, readonly [from: number, to: number]>> = {
  active: [70, 260],
  quiet: [50, 150],
  won: [90, 220],
  lost: [70, 170],
  'opted out': [40, 120],
  fresh: [90, 220],
};
const OUTCOME_WEIGHTS: readonly [readonly [number, Outcome], ...(readonly [number, Outcome])[]] = [
  [34, 'active'],
  [22, 'quiet'],
  [13, 'won'],
  [10, 'lost'],
  [12, 'opted out'],
  [9, 'fresh'],
];

/** The longer a story lasts, the more there is to tell. */
const GROWTH = 0.75;
/** Stories end a little short of their budget, because the last episodes find no room. */
const MARGIN = 1.22;

function planJourneys(
  random: Random,
  workspaces: readonly DemoWorkspace[],
  contacts: readonly DemoContact[],
  now: number,
): JourneyPlan[] {
  const places = random.shuffled(
    workspaces.flatMap((workspace) => Array.from({ length: workspace.leads }, () => workspace)),
  );
  const sketches = places.flatMap((workspace, i) => {
    const contact = contacts[i];
    if (!contact) return [];
    const outcome: Outcome = i < LATEST_LEADS ? 'active' : random.weighted(OUTCOME_WEIGHTS);
    const age = outcome === 'fresh' ? random.between(0.2, 6) * DAY : random.between(0.12, 1) ** 0.8 * SPAN;
    const begins = Math.round(now - (i === 0 ? SPAN : age));
    const ends = endOf(random, outcome, begins, now);
    const weight = random.between(...SIZES[outcome]) * ((ends - begins) / SPAN) ** GROWTH;
    const latest = i < LATEST_LEADS ? { latest: now - random.between(2 * MINUTE, 5 * HOUR) } : {};
    return { workspace, contact, outcome, begins, ends, weight, ...latest };
  });
  const perWeight = (DEMO_ACTIVITIES * MARGIN) / sketches.reduce((sum, { weight }) => sum + weight, 0);
  return sketches.map(({ weight, ...plan }) => ({ ...plan, budget: Math.round(weight * perWeight) }));
}

function endOf(random: Random, outcome: Outcome, begins: number, now: number): number {
  const age = now - begins;
  if (outcome === 'active' || outcome === 'fresh') return now - random.between(0, 0.4) * DAY;
  if (outcome === 'opted out') return begins + Math.min(age - 2 * DAY, random.between(3, 70) * DAY);
  if (outcome === 'quiet') return begins + Math.max(2 * DAY, Math.min(age * random.between(0.3, 0.8), age - 15 * DAY));
  return begins + Math.max(3 * DAY, (age - 3 * DAY) * random.between(0.5, 1));
}

/** Messages that went out, and perhaps an answer, before the sync brought the lead. */
function writeEarly(random: Random, { begins, contact }: JourneyPlan): DemoEvent[] {
  const sent = begins - random.between(8 * MINUTE, 55 * MINUTE);
  const message = `Hi ${contact.firstName}, thanks for your request! Somebody will be with you shortly.`;
  const metadata = { campaign_id: 'welcome', campaign_name: 'Welcome', phone: phoneKey(contact.phone) };
  const reply = random.pick(['Great, thanks!', 'ok', 'When can we talk?']);
  const events: DemoEvent[] = [
    {
      at: sent,
      type: 'MESSAGE_SENT',
      description: `SMS sent: ${preview(message)}`,
      message,
      metadata,
      source: SOURCES.scheduler,
    },
    { at: sent + 4_200, type: 'MESSAGE_DELIVERED', description: 'SMS delivered', metadata, source: SOURCES.delivery },
    {
      at: sent + random.between(MINUTE, 6 * MINUTE),
      type: 'INBOUND_REPLY',
      description: `Replied: ${reply}`,
      message: reply,
      metadata,
      source: SOURCES.replies,
    },
  ];
  return events.slice(0, random.int(1, 3)).map((event) => ({ ...event, at: Math.round(event.at) }));
}

/**
 * Brings the sum to `wanted`: too many, and some delivery receipts of old messages are missing, as they are in real
 * life; too few, and some leads got the monthly digest.
 */
function bringTo(
  random: Random,
  drafts: readonly Draft[],
  wanted: number,
  now: number,
  working: ReadonlyMap<string, WorkingTime>,
): void {
  const sum = drafts.reduce((total, { events, early }) => total + events.length + early.length, 0);
  if (sum > wanted) {
    const receipts = drafts.flatMap(({ events }) =>
      events.filter(({ type, at }) => type === 'MESSAGE_DELIVERED' && at < now - 2 * DAY),
    );
    const dropped = new Set(random.shuffled(receipts).slice(0, sum - wanted));
    for (const draft of drafts) draft.events = draft.events.filter((event) => !dropped.has(event));
  }
  const readers = drafts.filter(
    ({ plan }) => ['active', 'quiet'].includes(plan.outcome) && plan.ends - plan.begins > 7 * DAY,
  );
  for (let missing = wanted - sum; missing > 0 && readers.length > 0; missing -= 2) {
    const draft = readers[random.int(0, readers.length - 1)];
    if (!draft) break;
    const { plan } = draft;
    const wish = random.between(plan.begins + 3 * DAY, plan.ends - 3 * DAY);
    const at = working.get(plan.workspace.id)?.next(wish, random.next()) ?? wish;
    draft.events.push(...writeDigest(plan, Math.round(at)).slice(0, missing));
    draft.events.sort((a, b) => a.at - b.at);
  }
}

function writeDigest({ contact }: JourneyPlan, at: number): DemoEvent[] {
  const message = `Hi ${contact.firstName}, the digest of this month is out: https://example.com/digest`;
  const metadata = { campaign_id: 'monthly_digest', campaign_name: 'Monthly Digest', phone: phoneKey(contact.phone) };
  return [
    {
      at,
      type: 'MESSAGE_SENT',
      description: `SMS sent: ${preview(message)}`,
      message,
      metadata,
      source: SOURCES.scheduler,
    },
    { at: at + 3_700, type: 'MESSAGE_DELIVERED', description: 'SMS delivered', metadata, source: SOURCES.delivery },
  ];
}
