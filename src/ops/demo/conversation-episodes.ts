import {
  campaignOf,
  DAY,
  HOUR,
  MINUTE,
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
import { changeStatus, claim, note, rescore } from './team-episodes.ts';
import { AI_RESPONSES, BREAKERS, CALLS, CANCELLATIONS, ESCALATIONS, QUESTIONS, say } from './texts.ts';
import type { WorkingTime } from './working-time.ts';

/** The assistant talks with a lead, asks what matters, and hands over. */
export function talk(story: Story, working: WorkingTime): void {
  const { random } = story;
  const id = `conv_${random.word(10).toLowerCase()}`;
  const base = { ...campaignOf(story), conversation_id: id, phone: phoneOf(story) };
  const questions = random.shuffled(QUESTIONS).slice(0, random.int(1, 4));
  for (const { field, ask, answers } of questions) {
    const text = say(random, AI_RESPONSES, wordsOf(story));
    tell(story, 'AI_RESPONSE_SENT', {
      after: random.between(3_000, 25_000),
      description: `AI response: ${preview(text)}`,
      message: text,
      metadata: base,
      source: SOURCES.conversation,
    });
    const question = say(random, [ask], wordsOf(story));
    tell(story, 'QUALIFYING_QUESTION_ASKED', {
      after: random.between(1_000, 4_000),
      description: `Asked: ${preview(question)}`,
      message: question,
      metadata: { ...base, question, field },
      source: SOURCES.conversation,
    });
    if (!random.chance(0.82)) {
      if (random.chance(0.3)) breakCircuit(story, base);
      return;
    }
    const answer = random.pick(answers);
    tell(story, 'INBOUND_REPLY', {
      after: soon(story, 20_000, 3 * HOUR),
      description: `Replied: ${preview(answer)}`,
      message: answer,
      metadata: { ...campaignOf(story), phone: phoneOf(story) },
      source: SOURCES.replies,
    });
    tell(story, 'QUALIFYING_ANSWER_CAPTURED', {
      after: random.between(1_000, 5_000),
      description: `Answer captured: ${field.replaceAll('_', ' ')}`,
      message: answer,
      metadata: { ...base, question, field, answer },
      source: SOURCES.conversation,
    });
    if (random.chance(0.45)) rescore(story, random.int(-4, 14), `answer: ${field}`);
  }
  random.weighted<() => void>([
    [4, () => book(story, working)],
    [3, () => nurture(story, base)],
    [2, () => escalate(story, working, base)],
    [1, () => undefined],
  ])();
}

function breakCircuit(story: Story, base: object): void {
  const reason = story.random.pick(BREAKERS);
  tell(story, 'CIRCUIT_BREAKER_TRIGGERED', {
    after: soon(story, MINUTE, HOUR),
    description: `Conversation stopped: ${reason}`,
    metadata: { ...base, reason },
    source: SOURCES.conversation,
  });
}

function nurture(story: Story, base: object): void {
  const when = story.at + story.random.int(7, 30) * DAY;
  tell(story, 'NURTURE_SCHEDULED', {
    after: story.random.between(2_000, 20_000),
    description: 'Follow-up scheduled',
    metadata: { ...base, scheduled_at: new Date(when).toISOString(), reason: 'not ready yet' },
    source: SOURCES.conversation,
  });
  if (story.status === 'Replied') changeStatus(story, 'Nurture', 'sync');
}

function escalate(story: Story, working: WorkingTime, base: object): void {
  const reason = story.random.pick(ESCALATIONS);
  tell(story, 'CONVERSATION_ESCALATED', {
    after: story.random.between(2_000, 20_000),
    description: `Escalated: lead ${reason}`,
    metadata: { ...base, reason },
    source: SOURCES.conversation,
  });
  untilWork(story, working);
  claim(story, someoneOf(story));
  note(story, someoneOf(story));
}

/** A call is booked; it may move, fall through, or take place. */
export function book(story: Story, working: WorkingTime): void {
  const { random, contact } = story;
  const slot = (from: number) => {
    const day = working.next(from + random.int(1, 6) * DAY, random.next());
    return Math.floor(day / (30 * MINUTE)) * 30 * MINUTE;
  };
  let scheduled = slot(story.at);
  const call = {
    calendly_event_uri: `https://api.calendly.com/scheduled_events/${random.word(16)}`,
    invitee_name: `${contact.firstName} ${contact.lastName}`,
    event_type: random.pick(CALLS),
  };
  tell(story, 'BOOKING_CONFIRMED', {
    after: soon(story, 2 * MINUTE, 5 * HOUR),
    description: `${call.event_type} booked`,
    metadata: { ...call, scheduled_at: new Date(scheduled).toISOString() },
    source: SOURCES.calendar,
  });
  changeStatus(story, 'Booked', 'sync');
  rescore(story, random.int(3, 12), 'booked a call');
  if (random.chance(0.2)) {
    const before = scheduled;
    scheduled = slot(scheduled);
    tell(story, 'BOOKING_RESCHEDULED', {
      after: random.between(HOUR, Math.max(2 * HOUR, before - story.at - HOUR)),
      description: `${call.event_type} moved`,
      metadata: {
        ...call,
        scheduled_at: new Date(scheduled).toISOString(),
        previous_scheduled_at: new Date(before).toISOString(),
      },
      source: SOURCES.calendar,
    });
  }
  if (random.chance(0.18)) {
    const reason = random.pick(CANCELLATIONS);
    tell(story, 'BOOKING_CANCELLED', {
      after: random.between(HOUR, Math.max(2 * HOUR, scheduled - story.at)),
      description: `${call.event_type} cancelled: ${reason}`,
      metadata: { ...call, scheduled_at: new Date(scheduled).toISOString(), reason },
      source: SOURCES.calendar,
    });
    changeStatus(story, 'Replied', 'sync');
    return;
  }
  story.at = Math.max(story.at, scheduled + random.between(30 * MINUTE, 2 * HOUR));
  untilWork(story, working);
  const person = someoneOf(story);
  claim(story, person);
  note(story, person);
  if (random.chance(0.6)) changeStatus(story, 'Qualified', person);
}
