import type { Random } from './random.ts';

/** What is said in the demo. `{first}`, `{company}`, `{topic}`, `{gift}`, `{pm}` stand for what the moment knows. */
export type Words = Readonly<Record<'first' | 'company' | 'topic' | 'gift' | 'pm', string>>;

export function say(random: Random, lines: readonly [string, ...string[]], words: Words): string {
  return random.pick(lines).replaceAll(/\{(first|company|topic|gift|pm)\}/g, (_, name: keyof Words) => words[name]);
}

type Lines = readonly [string, ...string[]];

/** Messages by the place they have in a sequence; the last ones repeat in longer ones. */
export const SEQUENCE: readonly [Lines, ...Lines[]] = [
  [
    'Hey {first}, saw your form submission. If you want help with {topic}, just reply here.',
    'Hi {first}, {pm} here. Your {gift} is on its way. What made you look into {topic}?',
    '{first}, thanks for signing up! Here is the {gift}: https://example.com/g',
    'Hi {first}! You asked about {topic}. Quick question: is this for you or for a team?',
  ],
  [
    'Hi {first}, did you get a chance to look at the {gift}? Most people start with page 2.',
    '{first}, one thing on {topic} that surprised me last week. Want the short version?',
    'Quick one, {first}: what is the hardest part of {topic} at {company} right now?',
    'Hi {first}, the {gift} has a part on {topic} that fits {company} well: https://example.com/p2',
  ],
  [
    'Hi {first}, a client much like {company} used the {gift} and saved six hours a week.',
    '{first}, we wrote up how others handle {topic}. Shall I send it over?',
    'Curious, {first}: if {topic} was solved at {company}, what would you do with the time?',
    'New this week, {first}: a 4-minute video on {topic}. https://example.com/v/4min',
  ],
  [
    'Hi {first}, {pm} has two open slots this week to talk about {topic}. Interested?',
    '{first}, would a 20-minute call about {topic} help? Pick a time: https://example.com/book',
    'We open the calendar for {company} until Friday, {first}: https://example.com/book',
    '{first}, last spots for this month. Want one? https://example.com/book',
  ],
  [
    'Last note from me, {first}. If {topic} is no priority right now, that is fine: reply LATER.',
    'Hi {first}, closing the loop. Should I keep a slot for {company}?',
    '{first}, I will stop here unless you want to talk about {topic}. Either way, keep the {gift}!',
  ],
  [
    'Hi {first}, this month in the {gift}: three short reads on {topic}. https://example.com/m',
    '{first}, readers liked this one: what changed in {topic} this year. https://example.com/y',
    'A question we hear a lot on {topic}, answered in two minutes: https://example.com/q , {first}',
  ],
];

export const POSITIVE: Lines = [
  'Yes, tell me more please',
  'Sounds interesting, how does it work?',
  'Thursday at 2pm works for me',
  'Yes! We were just talking about {topic} at {company}',
  'Sure, can you call me tomorrow?',
  'The {gift} was great, thank you. What is next?',
  'Ok I am in. How do I book?',
  'This is exactly what we need right now',
  'Yes please, mornings are best',
  'Can you send me the link again?',
  'Happy to chat. Is it a video call?',
  'I have a team of 6, does this work for teams?',
];

export const UNSURE: Lines = [
  'How much does it cost?',
  'Who is this?',
  'Maybe after the quarter closes',
  'Not sure yet, still looking at options',
  'Is there something I can read first?',
  'How long does it take to set up?',
  'I need to ask my partner first',
  'We use something else for {topic}, what is different?',
  'Can we talk in a month or so?',
  'LATER',
  'Busy this week, ask me again on Monday',
];

export const NEGATIVE: Lines = [
  'No thanks',
  'Not interested at the moment',
  'We already solved this, thank you',
  'I left {company}, please take me off the list',
  'Wrong person I think',
  'Too expensive for us',
];

export const STOP: Lines = ['STOP', 'Stop', 'stop please', 'UNSUBSCRIBE', 'STOP texting me'];

export const AI_RESPONSES: Lines = [
  'Great to hear, {first}! Two quick questions so that {pm} can prepare.',
  'Thanks, {first}. Happy to help with {topic}. May I ask something first?',
  'Good question, {first}. It depends a little on how {company} works today.',
  'No problem at all, {first}. Here is the {gift} again: https://example.com/g',
  'Sure, {first}. Most people at this point want to know if it fits their team.',
  'That makes sense. Many of our clients said the same before they started, {first}.',
  'Understood, {first}. Let me find out what would help {company} most.',
  'Thanks for the quick answer, {first}! One more thing.',
];

export interface Question {
  readonly field: string;
  readonly ask: string;
  readonly answers: Lines;
}

export const QUESTIONS: readonly [Question, ...Question[]] = [
  {
    field: 'team_size',
    ask: 'How many people at {company} would use it?',
    answers: ['Just me', 'Three of us', 'About 8', '12 to 15', 'Around 40', 'Two for now, more later'],
  },
  {
    field: 'timeline',
    ask: 'When would you like to start?',
    answers: ['As soon as possible', 'Next month', 'This quarter', 'After the holidays', 'In two weeks', 'No rush'],
  },
  {
    field: 'budget',
    ask: 'Do you have a budget in mind for {topic}?',
    answers: ['Up to 500 a month', 'Around 2k', 'Not decided yet', 'Under 1,000', 'We have 5k for this year'],
  },
  {
    field: 'decision_maker',
    ask: 'Who else decides on this at {company}?',
    answers: ['Only me', 'My business partner', 'Our CFO has a say', 'The whole team', 'Me and my manager'],
  },
  {
    field: 'goal',
    ask: 'What should be different in three months, {first}?',
    answers: ['Less manual work', 'More booked calls', 'A clear price list', 'Reports I can trust', 'Ten new clients'],
  },
  {
    field: 'current_tool',
    ask: 'What do you use for {topic} today?',
    answers: [
      'Spreadsheets',
      'Nothing really',
      'A mix of tools',
      'Something built in-house',
      'Pen and paper, honestly',
    ],
  },
];

export const NOTES: Lines = [
  'Called {first}, no answer. Left a voicemail.',
  'Spoke with {first} for 10 minutes. Wants to see prices before a call.',
  '{first} asked for a case study from the same field. Sent ours.',
  'Decision goes through the partner of {first}, follow up next week.',
  '{company} is hiring, budget is there. Good timing.',
  'Prefers text over phone. Mornings only.',
  'Had the call. {first} likes the plan, wants the contract by Friday.',
  'Sent the {gift} again, the first link had expired.',
  'Moved to another role inside {company}, still interested.',
  'Asked to be contacted after the end of the month.',
  'Good fit for {topic}. Next step: second call with the team.',
  'Wants a discount for two seats. Told {first} I would check.',
  'No-show, sent a new link.',
  'Referred by an existing client, treat well.',
  'Compared us with two others, price was not the issue.',
  '{first} is on vacation until next Monday.',
  'Invoice details received, waiting for the signature.',
  'Was unhappy about the number of messages. Slowed the sequence down.',
];

export const ESCALATIONS: Lines = [
  'asks for a discount',
  'wants to speak to a person',
  'asks about a contract',
  'question outside of what the assistant may answer',
  'unhappy with the number of messages',
];

export const BREAKERS: Lines = [
  'five messages without an answer',
  'the same question twice',
  'daily limit of messages for one lead',
  'contradicting answers',
];

export const CALLS: Lines = ['Strategy Call', 'Discovery Call', 'Demo Session', 'Second Call'];

export const CANCELLATIONS: Lines = [
  'schedule conflict',
  'sick',
  'found another solution',
  'no reason given',
  'travel',
];

export interface Failure {
  readonly code: string;
  readonly message: string;
}

export const FAILURES: readonly [Failure, ...Failure[]] = [
  { code: '30003', message: 'Unreachable destination handset' },
  { code: '30005', message: 'Unknown destination handset' },
  { code: '30006', message: 'Landline or unreachable carrier' },
  { code: '30008', message: 'Unknown error of the carrier' },
  { code: '429', message: 'SMS provider rate limit' },
];
