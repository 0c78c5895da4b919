import type { DemoContact, DemoWorkspace } from './cast.ts';
import type { Random } from './random.ts';
import { answer, optOut, sendStep } from './sms-episodes.ts';
import { beginStory, DAY, type DemoEvent, HOUR, MINUTE, type Story } from './story.ts';
import { close, enrich, enrol, lookAfter, rescore } from './team-episodes.ts';
import type { WorkingTime } from './working-time.ts';

/** How a lead's story goes. */
export const OUTCOMES = ['active', 'quiet', 'won', 'lost', 'opted out', 'fresh'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface JourneyPlan {
  readonly workspace: DemoWorkspace;
  readonly contact: DemoContact;
  readonly outcome: Outcome;
  /** When the lead appears. */
  readonly begins: number;
  /** After this nothing more begins. */
  readonly ends: number;
  /** About so many events. */
  readonly budget: number;
  /** When the lead last gets in touch, at whatever hour. */
  readonly latest?: number;
}

/** Events of a typical episode, by which the time between episodes is chosen. */
const EVENTS_PER_EPISODE = 5.5;
/** Nobody is written to every hour, however much is left to tell. */
const LEAST_PAUSE = 14 * HOUR;

/** What happens to one lead, in order of time. */
export function writeJourney(random: Random, plan: JourneyPlan, working: WorkingTime): DemoEvent[] {
  const story = beginStory(random, plan.workspace, plan.contact, plan.begins);
  arrive(story, working);
  while (story.events.length < plan.budget && story.at < plan.ends) {
    const episodesLeft = Math.max(1, (plan.budget - story.events.length) / EVENTS_PER_EPISODE);
    const pause = ((plan.ends - story.at) / episodesLeft) * random.between(0.3, 1.7);
    story.at += Math.max(LEAST_PAUSE, pause);
    if (story.at >= plan.ends) break;
    live(story, working);
  }
  finish(story, plan, working);
  return story.events;
}

function arrive(story: Story, working: WorkingTime): void {
  const { random } = story;
  story.at += random.between(MINUTE, 20 * MINUTE);
  enrol(story, working);
  if (random.chance(0.8)) enrich(story);
  if (random.chance(0.7)) rescore(story, random.int(-5, 25), 'enriched');
  sendStep(story, working);
}

/** The next episode, by where the lead stands. */
function live(story: Story, working: WorkingTime): void {
  const { random, campaign, status, owner } = story;
  const isTalking = ['Replied', 'Qualified', 'Booked'].includes(status);
  random.weighted<() => void>([
    [campaign ? 10 : 5, () => sendStep(story, working)],
    [isTalking ? 4 : 1, () => answer(story, working)],
    [owner ? 3 : 1.5, () => lookAfter(story, working)],
    [0.7, () => rescore(story, random.int(-8, 12), 'activity')],
    [story.isEnriched ? 0.05 : 0.6, () => enrich(story)],
  ])();
}

function finish(story: Story, { outcome, ends, latest }: JourneyPlan, working: WorkingTime): void {
  if (latest !== undefined && story.at < latest) {
    story.at = latest;
    answer(story, working);
  }
  const closing = Math.max(story.at, ends - DAY) + story.random.between(HOUR, 20 * HOUR);
  if (outcome === 'active' || outcome === 'quiet' || outcome === 'fresh') return;
  story.at = closing;
  if (outcome === 'opted out') optOut(story, working);
  else close(story, working, outcome === 'won');
}
