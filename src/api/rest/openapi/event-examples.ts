import type { Metadata } from '#domain/activity.ts';
import { builtInType } from '#domain/catalogue/index.ts';
import type { LogActivityBody } from '#doors/lead/log-activity.ts';

/** One event of each of the 23 types, as a service sends it, with the metadata keys that analysis and threads need. */
interface Told {
  readonly description: string;
  readonly messageContent?: string;
  readonly metadata: Metadata;
  readonly source: string;
  readonly executionId?: string;
}

const CAMPAIGN = { campaign_id: 'chatgpt_use_cases', campaign_name: 'ChatGPT Use Cases' };
const PHONE = '4085551234';
const BOOKING = {
  calendly_event_uri: 'https://api.calendly.com/scheduled_events/evt_abc123',
  scheduled_at: '2025-11-10T14:00:00Z',
  invitee_name: 'Sarah Lee',
  event_type: 'Strategy Call',
};
const TALK = { ...CAMPAIGN, conversation_id: 'conv_7f3k2', phone: PHONE };

const SCHEDULER = { source: 'n8n:kJMMZ10anu4NqYUL', executionId: '28973' };
const CALENDLY = { source: 'n8n:LiVE3BlxsFkHhG83', executionId: '29045' };
const REPLIES = { source: 'n8n:CmaISo2tBtYRqNs0', executionId: '29102' };
const SYNC = { source: 'sync:airtable' };

const TOLD: Readonly<Record<string, Told>> = {
  MESSAGE_SENT: {
    description: 'SMS sent: Hey John, saw your form submission...',
    messageContent: 'Hey John, saw your form submission. If you want help, here is a link',
    metadata: { ...CAMPAIGN, step: 1, phone: PHONE, template_id: 'recXYZ789', simpletexting_id: '12345' },
    ...SCHEDULER,
  },
  MESSAGE_FAILED: {
    description: 'SMS failed: the number is not in service',
    metadata: { ...CAMPAIGN, phone: PHONE, error_code: 30005, error_message: 'Unknown destination handset' },
    ...SCHEDULER,
  },
  MESSAGE_DELIVERED: {
    description: 'SMS delivered',
    metadata: { ...CAMPAIGN, phone: PHONE, simpletexting_id: '12345' },
    ...REPLIES,
  },
  INBOUND_REPLY: {
    description: 'Replied: Yes, Thursday at 2pm works',
    messageContent: 'Yes, Thursday at 2pm works',
    metadata: { ...CAMPAIGN, phone: PHONE },
    ...REPLIES,
  },
  LINK_CLICKED: {
    description: 'Clicked the booking link',
    metadata: { ...CAMPAIGN, phone: PHONE, url: 'https://calendly.com/strategy-call' },
    ...REPLIES,
  },
  OPT_OUT: {
    description: 'Opted out: STOP',
    messageContent: 'STOP',
    metadata: { ...CAMPAIGN, phone: PHONE },
    ...REPLIES,
  },
  CAMPAIGN_ENROLLED: {
    description: 'Enrolled in campaign: ChatGPT Use Cases',
    metadata: { ...CAMPAIGN, enrolled_by_email: 'mara@example.com' },
    source: 'ui:campaign-enroll',
  },
  CAMPAIGN_REMOVED: {
    description: 'Removed from campaign: ChatGPT Use Cases',
    metadata: { ...CAMPAIGN, step: 2, reason: 'Replied' },
    source: 'ui:campaign-remove',
  },
  CAMPAIGN_COMPLETED: {
    description: 'Completed campaign: ChatGPT Use Cases',
    metadata: { ...CAMPAIGN, step: 5 },
    ...SYNC,
  },
  BOOKING_CONFIRMED: { description: 'Calendly booking confirmed', metadata: BOOKING, ...CALENDLY },
  BOOKING_CANCELLED: {
    description: 'Calendly booking cancelled',
    metadata: { ...BOOKING, reason: 'Found another time' },
    ...CALENDLY,
  },
  BOOKING_RESCHEDULED: {
    description: 'Calendly booking moved to 11 November',
    metadata: { ...BOOKING, scheduled_at: '2025-11-11T14:00:00Z', previous_scheduled_at: '2025-11-10T14:00:00Z' },
    ...CALENDLY,
  },
  STATUS_CHANGED: {
    description: 'Status changed: New → Qualified',
    metadata: { from: 'New', to: 'Qualified', reason: 'Answered all questions' },
    source: 'ui:status-change',
  },
  NOTE_ADDED: {
    description: 'Note added',
    messageContent: 'Prefers calls in the morning.',
    metadata: { note_id: 'note_42' },
    source: 'ui:note-add',
  },
  LEAD_CLAIMED: {
    description: 'Claimed by Mara',
    metadata: { to: 'mara@example.com', claimed_by_email: 'mara@example.com' },
    source: 'ui:lead-claim',
  },
  AI_RESPONSE_SENT: {
    description: 'AI response: Happy to help. How large is your team?',
    messageContent: 'Happy to help. How large is your team?',
    metadata: TALK,
    source: 'ai:conversation',
  },
  QUALIFYING_QUESTION_ASKED: {
    description: 'Asked: How large is your team?',
    metadata: { ...TALK, question: 'How large is your team?' },
    source: 'ai:conversation',
  },
  QUALIFYING_ANSWER_CAPTURED: {
    description: 'Answer captured: team size',
    metadata: { ...TALK, question: 'How large is your team?', answer: 12 },
    source: 'ai:conversation',
  },
  NURTURE_SCHEDULED: {
    description: 'Nurture scheduled for January',
    metadata: { ...TALK, scheduled_at: '2026-01-15T09:00:00Z', reason: 'Not before the new year' },
    source: 'ai:conversation',
  },
  CIRCUIT_BREAKER_TRIGGERED: {
    description: 'Circuit breaker: three answers were not understood',
    metadata: { ...TALK, reason: 'Three answers were not understood' },
    source: 'ai:conversation',
  },
  CONVERSATION_ESCALATED: {
    description: 'Escalated to a person: asked for a price',
    metadata: { ...TALK, reason: 'Asked for a price' },
    source: 'ai:conversation',
  },
  ENRICHMENT_COMPLETED: {
    description: 'Enriched: company, title',
    metadata: { fields: ['company', 'title'], provider: 'Clay' },
    ...SYNC,
  },
  ICP_SCORE_UPDATED: {
    description: 'ICP score 60 → 75',
    metadata: { from: 60, to: 75, reason: 'Company found' },
    ...SYNC,
  },
};

/** By the name of the type, in the order of the catalogue. */
export const EVENT_EXAMPLES: Readonly<Record<string, LogActivityBody>> = Object.fromEntries(
  Object.entries(TOLD).map(([eventType, { metadata, ...told }]) => [
    eventType,
    {
      eventType,
      eventCategory: builtInType(eventType)?.category ?? '',
      leadAirtableId: 'recABC123',
      ...told,
      metadata: { ...metadata },
      timestamp: '2025-11-07T08:15:05Z',
    },
  ]),
);
