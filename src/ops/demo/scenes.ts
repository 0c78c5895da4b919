import { builtInType } from '#domain/catalogue/index.ts';
import { phoneKey } from '#domain/lead.ts';
import { type DemoContact, topicOf } from './cast.ts';
import type { Random } from './random.ts';
import { preview, SOURCES } from './story.ts';
import {
  AI_RESPONSES,
  CALLS,
  CANCELLATIONS,
  ESCALATIONS,
  FAILURES,
  NOTES,
  POSITIVE,
  QUESTIONS,
  SEQUENCE,
  STOP,
  say,
  UNSURE,
  type Words,
} from './texts.ts';

/** A lead as the demo's traffic knows it. */
export interface LiveLead {
  readonly id: string | undefined;
  readonly airtableRecordId: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly phone: string;
  readonly company: string;
  readonly score: number;
  readonly campaign: { readonly key: string; readonly name: string } | undefined;
  /** First name of the person who looks after it. */
  readonly pm: string;
}

/** Who looks after a lead that nobody owns. */
export const NOBODY = 'our team';

/** One request to the REST interface. */
export interface Call {
  readonly path: string;
  readonly body: object;
  /** For people who watch. */
  readonly label: string;
}

/** Something that happens so many seconds after what came before it. */
export interface Beat {
  readonly after: number;
  readonly call: Call;
}

/** What happens to a lead within a minute or two, as its workflows, its sync and its team would report it. */
export type Scene = readonly Beat[];

interface Stage {
  readonly random: Random;
  readonly lead: LiveLead;
  readonly words: Words;
  readonly campaign: { readonly campaign_id: string; readonly campaign_name: string };
  readonly phone: string;
}

/** A scene about this lead. */
export function makeScene(random: Random, lead: LiveLead): Scene {
  const key = lead.campaign?.key ?? 'welcome';
  const stage: Stage = {
    random,
    lead,
    words: { first: lead.firstName, company: lead.company, ...topicOf(key), pm: lead.pm },
    campaign: { campaign_id: key, campaign_name: lead.campaign?.name ?? 'Welcome' },
    phone: phoneKey(lead.phone),
  };
  const scene = random.weighted<(stage: Stage) => Scene>([
    [8, message],
    [7, conversation],
    [2, failure],
    [3, booking],
    [3, sync],
    [3, note],
    [0.6, optOut],
  ]);
  return scene(stage);
}

/** Events about a lead that nobody knows yet; then the sync brings it, and they are its history. */
export function makeArrival(random: Random, contact: DemoContact, score: number): Scene {
  const lead: LiveLead = { ...contact, id: undefined, score, campaign: undefined, pm: NOBODY };
  const stage: Stage = {
    ...{ random, lead, phone: phoneKey(contact.phone) },
    words: { first: contact.firstName, company: contact.company, ...topicOf(''), pm: NOBODY },
    campaign: { campaign_id: 'welcome', campaign_name: 'Welcome' },
  };
  const { company, title, ...known } = contact;
  return [
    ...message(stage).slice(0, 2),
    reply(stage, 6, 'Great, thanks! When can we talk?'),
    upsert(stage, 8, { ...known, score: score - 20 }, 'is synced'),
    upsert(stage, 9, { airtableRecordId: contact.airtableRecordId, company, title, score }, 'is enriched'),
  ];
}

function event(
  { lead, random }: Stage,
  after: number,
  eventType: string,
  source: string,
  told: { description: string; messageContent?: string; metadata: object },
): Beat {
  const body = {
    eventType,
    eventCategory: builtInType(eventType)?.category,
    leadAirtableId: lead.airtableRecordId,
    ...told,
    source,
    executionId: String(random.int(400_000, 999_999)),
  };
  const label = `${eventType.padEnd(26)} ${lead.firstName} ${lead.lastName}: ${told.description}`;
  return { after, call: { path: '/api/internal/log-activity', body, label } };
}

function upsert({ lead }: Stage, after: number, item: object, label: string): Beat {
  const who = `${'LEADS UPSERT'.padEnd(26)} ${lead.firstName} ${lead.lastName} ${label}`;
  return { after, call: { path: '/api/internal/leads', body: item, label: who } };
}

function reply(stage: Stage, after: number, text: string): Beat {
  const told = { description: `Replied: ${preview(text)}`, messageContent: text };
  const metadata = { ...stage.campaign, phone: stage.phone };
  return event(stage, after, 'INBOUND_REPLY', SOURCES.replies, { ...told, metadata });
}

function message(stage: Stage): Scene {
  const { random, words, campaign, phone } = stage;
  const text = say(random, random.pick(SEQUENCE), words);
  const metadata = { ...campaign, phone, template_id: `rec${random.word(14)}` };
  const beats = [
    event(stage, 0, 'MESSAGE_SENT', SOURCES.scheduler, {
      description: `SMS sent: ${preview(text)}`,
      messageContent: text,
      metadata,
    }),
    event(stage, random.between(1, 4), 'MESSAGE_DELIVERED', SOURCES.delivery, {
      description: 'SMS delivered',
      metadata,
    }),
  ];
  const url = /https:\S+/.exec(text)?.[0];
  if (!url || random.chance(0.4)) return beats;
  const click = { description: `Clicked ${url}`, metadata: { ...campaign, phone, url } };
  return [...beats, event(stage, random.between(5, 25), 'LINK_CLICKED', SOURCES.links, click)];
}

function failure(stage: Stage): Scene {
  const { random, words, campaign, phone } = stage;
  const { code, message: reason } = random.pick(FAILURES);
  const text = say(random, random.pick(SEQUENCE), words);
  const failed = event(stage, 0, 'MESSAGE_FAILED', SOURCES.scheduler, {
    description: `SMS failed: ${reason}`,
    messageContent: text,
    metadata: { ...campaign, phone, error_code: code, error_message: reason },
  });
  const [again, ...others] = message(stage);
  return again ? [failed, { ...again, after: 15 }, ...others] : [failed];
}

function conversation(stage: Stage): Scene {
  const { random, words, campaign, phone } = stage;
  const base = { ...campaign, phone, conversation_id: `conv_${random.word(10).toLowerCase()}` };
  const beats = [reply(stage, 0, say(random, random.chance(0.6) ? POSITIVE : UNSURE, words))];
  for (const { field, ask, answers } of random.shuffled(QUESTIONS).slice(0, random.int(1, 2))) {
    const text = say(random, AI_RESPONSES, words);
    const question = say(random, [ask], words);
    const answer = random.pick(answers);
    beats.push(
      event(stage, random.between(2, 5), 'AI_RESPONSE_SENT', SOURCES.conversation, {
        description: `AI response: ${preview(text)}`,
        messageContent: text,
        metadata: base,
      }),
      event(stage, 1, 'QUALIFYING_QUESTION_ASKED', SOURCES.conversation, {
        description: `Asked: ${preview(question)}`,
        messageContent: question,
        metadata: { ...base, question, field },
      }),
      reply(stage, random.between(4, 15), answer),
      event(stage, 1, 'QUALIFYING_ANSWER_CAPTURED', SOURCES.conversation, {
        description: `Answer captured: ${field.replaceAll('_', ' ')}`,
        messageContent: answer,
        metadata: { ...base, question, field, answer },
      }),
    );
  }
  if (random.chance(0.4))
    return [...beats, ...booking(stage).map((beat, i) => (i === 0 ? { ...beat, after: 8 } : beat))];
  const reason = random.pick(ESCALATIONS);
  const escalated = { description: `Escalated: lead ${reason}`, metadata: { ...base, reason } };
  return [...beats, event(stage, 2, 'CONVERSATION_ESCALATED', SOURCES.conversation, escalated)];
}

function booking(stage: Stage): Scene {
  const { random, lead } = stage;
  const day = Math.ceil(Date.now() / 86_400_000) * 86_400_000;
  const at = (days: number) => new Date(day + days * 86_400_000 + random.int(14, 40) * 1_800_000).toISOString();
  const call = {
    calendly_event_uri: `https://api.calendly.com/scheduled_events/${random.word(16)}`,
    invitee_name: `${lead.firstName} ${lead.lastName}`,
    event_type: random.pick(CALLS),
  };
  const first = at(random.int(1, 3));
  const beats = [
    event(stage, 0, 'BOOKING_CONFIRMED', SOURCES.calendar, {
      description: `${call.event_type} booked`,
      metadata: { ...call, scheduled_at: first },
    }),
    upsert(stage, 3, { airtableRecordId: lead.airtableRecordId, status: 'Booked' }, 'becomes Booked'),
  ];
  if (random.chance(0.25)) {
    const metadata = { ...call, scheduled_at: at(random.int(4, 7)), previous_scheduled_at: first };
    const told = { description: `${call.event_type} moved`, metadata };
    beats.push(event(stage, 20, 'BOOKING_RESCHEDULED', SOURCES.calendar, told));
  } else if (random.chance(0.15)) {
    const reason = random.pick(CANCELLATIONS);
    const told = {
      description: `${call.event_type} cancelled: ${reason}`,
      metadata: { ...call, scheduled_at: first, reason },
    };
    beats.push(event(stage, 25, 'BOOKING_CANCELLED', SOURCES.calendar, told));
  }
  return beats;
}

/** The five-minute sync brings a score that changed. */
function sync(stage: Stage): Scene {
  const { lead, random } = stage;
  const score = Math.max(5, Math.min(99, lead.score + random.pick([-9, -4, 5, 8, 13])));
  return [upsert(stage, 0, { airtableRecordId: lead.airtableRecordId, score }, `scores ${score}`)];
}

function note(stage: Stage): Scene {
  const { random, lead, words } = stage;
  const body = say(random, NOTES, words);
  if (lead.id === undefined) return [];
  const label = `${'NOTE'.padEnd(26)} ${lead.firstName} ${lead.lastName}: ${preview(body)}`;
  return [{ after: 0, call: { path: `/api/leads/${lead.id}/notes`, body: { body }, label } }];
}

function optOut(stage: Stage): Scene {
  const { random, words, campaign, phone, lead } = stage;
  return [
    reply(stage, 0, say(random, STOP, words)),
    event(stage, 1, 'OPT_OUT', SOURCES.replies, {
      description: 'Opted out of messages',
      metadata: { ...campaign, phone, keyword: 'STOP' },
    }),
    upsert(
      stage,
      3,
      { airtableRecordId: lead.airtableRecordId, status: 'Opted out', campaign: null },
      'becomes Opted out',
    ),
  ];
}
