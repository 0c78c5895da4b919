import { talk } from './conversation-episodes.ts';
import {
  campaignOf,
  DAY,
  HOUR,
  MINUTE,
  newId,
  phoneOf,
  preview,
  SOURCES,
  type Story,
  someoneOf,
  soon,
  tell,
  untilWork,
  wordsOf,
} from './story.ts';
import { changeStatus, enrol, removeFromCampaign } from './team-episodes.ts';
import { FAILURES, NEGATIVE, POSITIVE, SEQUENCE, STOP, say, UNSURE } from './texts.ts';
import type { WorkingTime } from './working-time.ts';

/** The next message of the sequence, and what comes of it. */
export function sendStep(story: Story, working: WorkingTime): void {
  const { random } = story;
  if (!story.campaign) enrol(story, working);
  untilWork(story, working);
  story.step += 1;
  const text = say(random, SEQUENCE[placeOf(story)] ?? SEQUENCE[0], wordsOf(story));
  if (random.chance(0.035) && !sendFails(story, text)) {
    endOfSequence(story);
    return;
  }
  deliver(story, text);
  if (story.status === 'New') changeStatus(story, 'Contacted', 'sync');
  const link = /https:\S+/.exec(text)?.[0];
  if (link && random.chance(0.34)) click(story, link);
  if (random.chance(0.3)) answer(story, working);
  endOfSequence(story);
}

function placeOf({ campaign, step }: Story): number {
  if (campaign?.isNurture) return SEQUENCE.length - 1;
  return campaign && step >= campaign.steps ? 4 : Math.min(step - 1, 3);
}

function deliver(story: Story, text: string): void {
  const { random } = story;
  const ids = { phone: phoneOf(story), simpletexting_id: newId(story).slice(-12) };
  tell(story, 'MESSAGE_SENT', {
    description: `SMS sent: ${preview(text)}`,
    message: text,
    metadata: { ...campaignOf(story), template_id: `rec${random.word(14)}`, ...ids },
    source: SOURCES.scheduler,
    ...(story.campaign && { campaign: story.campaign }),
  });
  if (!random.chance(0.965)) return;
  tell(story, 'MESSAGE_DELIVERED', {
    after: random.between(1_500, 45_000),
    description: 'SMS delivered',
    metadata: { ...campaignOf(story), ...ids, carrier_status: 'delivered' },
    source: SOURCES.delivery,
  });
}

/** A message that does not go out. Answers whether another try, later, may. */
function sendFails(story: Story, text: string): boolean {
  const { code, message } = story.random.pick(FAILURES);
  tell(story, 'MESSAGE_FAILED', {
    description: `SMS failed: ${message}`,
    message: text,
    metadata: { ...campaignOf(story), phone: phoneOf(story), error_code: code, error_message: message },
    source: SOURCES.scheduler,
  });
  story.at += story.random.between(20 * MINUTE, 3 * HOUR);
  return story.random.chance(0.75);
}

function click(story: Story, url: string): void {
  tell(story, 'LINK_CLICKED', {
    after: soon(story, MINUTE, 20 * HOUR),
    description: `Clicked ${url}`,
    metadata: { ...campaignOf(story), url, phone: phoneOf(story) },
    source: SOURCES.links,
  });
}

export function reply(story: Story, text: string, after: number): void {
  tell(story, 'INBOUND_REPLY', {
    after,
    description: `Replied: ${preview(text)}`,
    message: text,
    metadata: { ...campaignOf(story), phone: phoneOf(story) },
    source: SOURCES.replies,
  });
}

/** The lead answers a message, and is answered. */
export function answer(story: Story, working: WorkingTime): void {
  const { random } = story;
  const [mood, lines] = random.weighted([
    [5, ['positive', POSITIVE]],
    [4, ['unsure', UNSURE]],
    [1, ['negative', NEGATIVE]],
  ]);
  reply(story, say(random, lines, wordsOf(story)), soon(story, 2 * MINUTE, 9 * HOUR));
  if (['New', 'Contacted'].includes(story.status)) changeStatus(story, 'Replied', 'sync');
  if (mood === 'negative') {
    if (random.chance(0.4)) {
      untilWork(story, working);
      removeFromCampaign(story, someoneOf(story), 'not interested');
      changeStatus(story, 'Not interested', someoneOf(story));
    }
    return;
  }
  if (random.chance(mood === 'positive' ? 0.8 : 0.5)) talk(story, working);
}

function endOfSequence(story: Story): void {
  const { campaign, step, random } = story;
  if (!campaign || step < campaign.steps) return;
  tell(story, 'CAMPAIGN_COMPLETED', {
    after: random.between(3 * HOUR, 2 * DAY),
    description: `Completed campaign: ${campaign.name}`,
    metadata: campaignOf(story),
    source: SOURCES.scheduler,
    campaign,
  });
  story.campaign = undefined;
  story.step = 0;
}

/** The lead wants no more messages: that ends the story of its messages at once. */
export function optOut(story: Story, working: WorkingTime): void {
  if (!story.campaign) enrol(story, working);
  untilWork(story, working);
  story.step += 1;
  deliver(story, say(story.random, SEQUENCE[placeOf(story)] ?? SEQUENCE[0], wordsOf(story)));
  reply(story, say(story.random, STOP, wordsOf(story)), soon(story, MINUTE, 4 * HOUR));
  tell(story, 'OPT_OUT', {
    after: 800,
    description: 'Opted out of messages',
    metadata: { ...campaignOf(story), phone: phoneOf(story), keyword: 'STOP' },
    source: SOURCES.replies,
  });
  removeFromCampaign(story, SOURCES.replies, 'opted out');
  changeStatus(story, 'Opted out', 'sync');
}
