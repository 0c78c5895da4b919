import type { z } from 'zod';
import {
  bookingMetadata,
  campaignMetadata,
  changeMetadata,
  claimMetadata,
  conversationMetadata,
  enrichmentMetadata,
  noteMetadata,
  smsMetadata,
} from './metadata.ts';
import { type ActivityType, CATEGORY_COLOURS, type Category, type IconName, type Renderable } from './type.ts';

type Line = (activity: Renderable) => string;

function value(activity: Renderable, key: string): string | undefined {
  const found = activity.metadata?.[key];
  return found === null || found === undefined || found === '' || typeof found === 'object' ? undefined : String(found);
}

/** Joins `label value` pairs of the metadata keys that are there. */
function facts(...pairs: readonly (readonly [label: string, ...keys: string[]])[]): Line {
  return (activity) =>
    pairs
      .flatMap(([label, ...keys]) => {
        const found = keys.map((key) => value(activity, key)).find((text) => text !== undefined);
        return found === undefined ? [] : [label ? `${label}: ${found}` : found];
      })
      .join(' · ');
}

const sms = facts(['Campaign', 'campaign_name', 'campaign_id'], ['Step', 'step'], ['Phone', 'phone']);
const failure = facts(['Error', 'error_message', 'error_code'], ['Campaign', 'campaign_name', 'campaign_id']);
const campaign = facts(['Campaign', 'campaign_name', 'campaign_id'], ['By', 'enrolled_by_email'], ['Reason', 'reason']);
const booking = facts(
  ['Scheduled', 'scheduled_at'],
  ['', 'event_type'],
  ['With', 'invitee_name'],
  ['Reason', 'reason'],
);
const conversation = facts(['Question', 'question'], ['Answer', 'answer'], ['Reason', 'reason']);
const enrichment: Line = (activity) => {
  const fields = activity.metadata?.fields;
  return Array.isArray(fields) && fields.length > 0 ? `Filled: ${fields.join(', ')}` : '';
};
const change: Line = (activity) => {
  const [from, to] = [value(activity, 'from'), value(activity, 'to')];
  return to === undefined ? '' : `${from ?? 'none'} → ${to}`;
};

function type(
  name: string,
  category: Category,
  label: string,
  icon: IconName,
  metadata: z.ZodType<Record<string, unknown>>,
  line: Line,
  colour: string = CATEGORY_COLOURS[category],
): ActivityType {
  return { name, category, door: 'lead', label, icon, colour, metadata, line, custom: false };
}

/** The 23 event types of a lead's history. */
export const LEAD_TYPES: readonly ActivityType[] = [
  type('MESSAGE_SENT', 'SMS', 'Message sent', 'send', smsMetadata, sms),
  type('MESSAGE_FAILED', 'SMS', 'Message failed', 'alert-triangle', smsMetadata, failure, 'red'),
  type('MESSAGE_DELIVERED', 'SMS', 'Message delivered', 'checks', smsMetadata, sms),
  type('INBOUND_REPLY', 'SMS', 'Reply received', 'message-reply', smsMetadata, sms, 'indigo'),
  type('LINK_CLICKED', 'SMS', 'Link clicked', 'click', smsMetadata, facts(['Link', 'url'])),
  type('OPT_OUT', 'SMS', 'Opted out', 'ban', smsMetadata, sms, 'red'),
  type('CAMPAIGN_ENROLLED', 'CAMPAIGN', 'Enrolled in campaign', 'user-plus', campaignMetadata, campaign),
  type('CAMPAIGN_REMOVED', 'CAMPAIGN', 'Removed from campaign', 'user-minus', campaignMetadata, campaign),
  type('CAMPAIGN_COMPLETED', 'CAMPAIGN', 'Campaign completed', 'trophy', campaignMetadata, campaign),
  type('BOOKING_CONFIRMED', 'BOOKING', 'Booking confirmed', 'calendar-check', bookingMetadata, booking),
  type('BOOKING_CANCELLED', 'BOOKING', 'Booking cancelled', 'calendar-x', bookingMetadata, booking, 'red'),
  type('BOOKING_RESCHEDULED', 'BOOKING', 'Booking rescheduled', 'calendar-time', bookingMetadata, booking),
  type('STATUS_CHANGED', 'MANUAL', 'Status changed', 'switch-horizontal', changeMetadata, change),
  type('NOTE_ADDED', 'MANUAL', 'Note added', 'note', noteMetadata, () => ''),
  type('LEAD_CLAIMED', 'MANUAL', 'Lead claimed', 'hand-grab', claimMetadata, facts(['By', 'claimed_by_email'])),
  type('AI_RESPONSE_SENT', 'CONVERSATION', 'AI response sent', 'robot', conversationMetadata, () => ''),
  type(
    'QUALIFYING_QUESTION_ASKED',
    'CONVERSATION',
    'Question asked',
    'help-circle',
    conversationMetadata,
    conversation,
  ),
  type(
    'QUALIFYING_ANSWER_CAPTURED',
    'CONVERSATION',
    'Answer captured',
    'message-check',
    conversationMetadata,
    conversation,
  ),
  type(
    'NURTURE_SCHEDULED',
    'CONVERSATION',
    'Nurture scheduled',
    'plant',
    conversationMetadata,
    facts(['For', 'scheduled_at']),
  ),
  type(
    'CIRCUIT_BREAKER_TRIGGERED',
    'CONVERSATION',
    'Circuit breaker triggered',
    'bolt-off',
    conversationMetadata,
    conversation,
    'red',
  ),
  type(
    'CONVERSATION_ESCALATED',
    'CONVERSATION',
    'Conversation escalated',
    'urgent',
    conversationMetadata,
    conversation,
    'yellow',
  ),
  type('ENRICHMENT_COMPLETED', 'SYSTEM', 'Enrichment completed', 'database-plus', enrichmentMetadata, enrichment),
  type('ICP_SCORE_UPDATED', 'SYSTEM', 'ICP score updated', 'target', changeMetadata, change),
];
