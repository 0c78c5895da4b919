import type { Metadata } from '#domain/activity.ts';
import { uuidv7 } from '#domain/ids.ts';
import { phoneKey } from '#domain/lead.ts';
import type { DemoCampaign, DemoContact, DemoPerson, DemoWorkspace } from './cast.ts';
import type { Random } from './random.ts';
import type { Words } from './texts.ts';
import type { WorkingTime } from './working-time.ts';

/** One thing that happens in the demo. Times are milliseconds since 1970. */
export interface DemoEvent {
  readonly at: number;
  readonly type: string;
  readonly description: string;
  readonly message?: string;
  readonly metadata: Metadata;
  readonly source: string;
  readonly executionId?: string;
  /** The person who did it, if one did. */
  readonly by?: DemoPerson;
  /** The campaign it concerns. */
  readonly campaign?: DemoCampaign;
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Where the events of a lead's history come from. */
export const SOURCES = {
  scheduler: 'n8n:sms-scheduler',
  delivery: 'n8n:delivery-status',
  replies: 'n8n:reply-handler',
  links: 'n8n:link-tracker',
  calendar: 'n8n:calendly-webhook',
  conversation: 'n8n:conversation-engine',
  sync: 'sync:airtable',
} as const;

/**
 * The telling of one lead's story: what is known so far, and a clock that only goes forward. The episodes (episodes.ts)
 * tell on it; what they know of the lead decides what can happen next.
 */
export interface Story {
  readonly random: Random;
  readonly workspace: DemoWorkspace;
  readonly contact: DemoContact;
  readonly events: DemoEvent[];
  at: number;
  status: string;
  score: number;
  owner: DemoPerson | undefined;
  campaign: DemoCampaign | undefined;
  step: number;
  isEnriched: boolean;
}

interface Told {
  readonly description: string;
  readonly message?: string;
  readonly metadata?: Metadata;
  readonly source: string;
  readonly by?: DemoPerson;
  readonly campaign?: DemoCampaign;
  /** How long after the event before, in milliseconds. */
  readonly after?: number;
}

export function beginStory(random: Random, workspace: DemoWorkspace, contact: DemoContact, at: number): Story {
  return {
    ...{ random, workspace, contact, at, events: [] },
    ...{ status: 'New', score: random.int(20, 60), owner: undefined, campaign: undefined, step: 0, isEnriched: false },
  };
}

export function tell(story: Story, type: string, { after = 0, metadata = {}, source, ...told }: Told): void {
  story.at += Math.round(after);
  const executionId = source.startsWith('n8n:') ? { executionId: executionAt(story.at) } : {};
  story.events.push({ at: story.at, type, metadata, source, ...executionId, ...told });
}

/** Workflows number their executions; one starts every other minute or so. */
function executionAt(at: number): string {
  return String(Math.floor((at - Date.UTC(2025, 0, 1)) / 97_000));
}

/** Waits until people work. What a weekend kept waiting is not all done on Monday. */
export function untilWork(story: Story, working: WorkingTime): void {
  const { at, random } = story;
  story.at = working.next(at, random.next());
  if (story.at - at > DAY) story.at = working.next(story.at + random.int(0, 3) * DAY, random.next());
}

export function someoneOf({ random, workspace, owner }: Story): DemoPerson {
  return owner ?? random.pick(workspace.team);
}

/** `from` to `to` later, mostly sooner. */
export function soon({ random }: Story, from: number, to: number): number {
  return from + (to - from) * random.next() ** 2.5;
}

export function newId({ random, at }: Story): string {
  return uuidv7(at, random.uuid());
}

export function wordsOf(story: Story): Words {
  const campaign = story.campaign ?? story.workspace.campaigns[0];
  const { firstName: first, company } = story.contact;
  return { first, company, topic: campaign.topic, gift: campaign.gift, pm: firstNameOf(someoneOf(story)) };
}

export function firstNameOf(person: DemoPerson): string {
  return person.name.split(' ', 1)[0] ?? person.name;
}

/** As the workflows name a campaign: by its key. */
export function campaignOf({ campaign, step }: Story): Metadata {
  return campaign ? { campaign_id: campaign.key, campaign_name: campaign.name, step } : {};
}

export function phoneOf({ contact }: Story): string {
  return phoneKey(contact.phone);
}

/** The first fifty characters, as the workflows cut them. */
export function preview(text: string): string {
  return text.length <= 50 ? text : `${text.slice(0, 50)}...`;
}
