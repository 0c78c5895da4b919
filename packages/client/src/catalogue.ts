// Made by `npm run generate` from the catalogue of the server. Not to be edited by hand.

export const EVENT_CATEGORIES = ['SMS', 'CAMPAIGN', 'BOOKING', 'CONVERSATION', 'MANUAL', 'SYSTEM'] as const;
export type EventCategory = (typeof EVENT_CATEGORIES)[number];

/** The event types of a lead, each with the category it belongs to. */
export const EVENT_TYPES = {
  MESSAGE_SENT: 'SMS',
  MESSAGE_FAILED: 'SMS',
  MESSAGE_DELIVERED: 'SMS',
  INBOUND_REPLY: 'SMS',
  LINK_CLICKED: 'SMS',
  OPT_OUT: 'SMS',
  CAMPAIGN_ENROLLED: 'CAMPAIGN',
  CAMPAIGN_REMOVED: 'CAMPAIGN',
  CAMPAIGN_COMPLETED: 'CAMPAIGN',
  BOOKING_CONFIRMED: 'BOOKING',
  BOOKING_CANCELLED: 'BOOKING',
  BOOKING_RESCHEDULED: 'BOOKING',
  STATUS_CHANGED: 'MANUAL',
  NOTE_ADDED: 'MANUAL',
  LEAD_CLAIMED: 'MANUAL',
  AI_RESPONSE_SENT: 'CONVERSATION',
  QUALIFYING_QUESTION_ASKED: 'CONVERSATION',
  QUALIFYING_ANSWER_CAPTURED: 'CONVERSATION',
  NURTURE_SCHEDULED: 'CONVERSATION',
  CIRCUIT_BREAKER_TRIGGERED: 'CONVERSATION',
  CONVERSATION_ESCALATED: 'CONVERSATION',
  ENRICHMENT_COMPLETED: 'SYSTEM',
  ICP_SCORE_UPDATED: 'SYSTEM',
} as const satisfies Record<string, EventCategory>;
export type EventType = keyof typeof EVENT_TYPES;

export interface MessageSentMetadata {
  readonly campaign_id?: string | number | null | undefined;
  readonly campaign_name?: string | null | undefined;
  readonly step?: number | null | undefined;
  readonly template_id?: string | number | null | undefined;
  readonly simpletexting_id?: string | number | null | undefined;
  readonly phone?: string | null | undefined;
  readonly error_code?: string | number | null | undefined;
  readonly error_message?: string | null | undefined;
  readonly url?: string | null | undefined;
  readonly [key: string]: unknown;
}

export interface CampaignEnrolledMetadata {
  readonly campaign_id?: string | number | null | undefined;
  readonly campaign_name?: string | null | undefined;
  readonly step?: number | null | undefined;
  readonly enrolled_by_user_id?: string | number | null | undefined;
  readonly enrolled_by_email?: string | null | undefined;
  readonly reason?: string | null | undefined;
  readonly [key: string]: unknown;
}

export interface BookingConfirmedMetadata {
  readonly calendly_event_uri?: string | null | undefined;
  readonly scheduled_at?: string | null | undefined;
  readonly previous_scheduled_at?: string | null | undefined;
  readonly invitee_name?: string | null | undefined;
  readonly event_type?: string | null | undefined;
  readonly reason?: string | null | undefined;
  readonly [key: string]: unknown;
}

export interface StatusChangedMetadata {
  readonly from?: string | number | boolean | null | undefined;
  readonly to?: string | number | boolean | null | undefined;
  readonly reason?: string | null | undefined;
  readonly [key: string]: unknown;
}

export interface NoteAddedMetadata {
  readonly note_id?: string | number | null | undefined;
  readonly [key: string]: unknown;
}

export interface LeadClaimedMetadata {
  readonly from?: string | number | boolean | null | undefined;
  readonly to?: string | number | boolean | null | undefined;
  readonly claimed_by_email?: string | null | undefined;
  readonly [key: string]: unknown;
}

export interface AiResponseSentMetadata {
  readonly campaign_id?: string | number | null | undefined;
  readonly campaign_name?: string | null | undefined;
  readonly step?: number | null | undefined;
  readonly conversation_id?: string | number | null | undefined;
  readonly phone?: string | null | undefined;
  readonly question?: string | null | undefined;
  readonly answer?: string | number | boolean | null | undefined;
  readonly reason?: string | null | undefined;
  readonly scheduled_at?: string | null | undefined;
  readonly [key: string]: unknown;
}

export interface EnrichmentCompletedMetadata {
  readonly fields?: readonly string[] | null | undefined;
  readonly provider?: string | null | undefined;
  readonly [key: string]: unknown;
}

/** The metadata that each type knows; every other key is kept as it is. */
export interface EventMetadata {
  readonly MESSAGE_SENT: MessageSentMetadata;
  readonly MESSAGE_FAILED: MessageSentMetadata;
  readonly MESSAGE_DELIVERED: MessageSentMetadata;
  readonly INBOUND_REPLY: MessageSentMetadata;
  readonly LINK_CLICKED: MessageSentMetadata;
  readonly OPT_OUT: MessageSentMetadata;
  readonly CAMPAIGN_ENROLLED: CampaignEnrolledMetadata;
  readonly CAMPAIGN_REMOVED: CampaignEnrolledMetadata;
  readonly CAMPAIGN_COMPLETED: CampaignEnrolledMetadata;
  readonly BOOKING_CONFIRMED: BookingConfirmedMetadata;
  readonly BOOKING_CANCELLED: BookingConfirmedMetadata;
  readonly BOOKING_RESCHEDULED: BookingConfirmedMetadata;
  readonly STATUS_CHANGED: StatusChangedMetadata;
  readonly NOTE_ADDED: NoteAddedMetadata;
  readonly LEAD_CLAIMED: LeadClaimedMetadata;
  readonly AI_RESPONSE_SENT: AiResponseSentMetadata;
  readonly QUALIFYING_QUESTION_ASKED: AiResponseSentMetadata;
  readonly QUALIFYING_ANSWER_CAPTURED: AiResponseSentMetadata;
  readonly NURTURE_SCHEDULED: AiResponseSentMetadata;
  readonly CIRCUIT_BREAKER_TRIGGERED: AiResponseSentMetadata;
  readonly CONVERSATION_ESCALATED: AiResponseSentMetadata;
  readonly ENRICHMENT_COMPLETED: EnrichmentCompletedMetadata;
  readonly ICP_SCORE_UPDATED: StatusChangedMetadata;
}
