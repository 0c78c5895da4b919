import type { EVENT_TYPES, EventCategory, EventMetadata, EventType } from './catalogue.ts';

type Maybe<T> = T | null | undefined;

/** What every event has. Of the four references to a lead at least one must be given; several must name the same lead. */
interface EventFields {
  readonly leadId?: Maybe<string>;
  readonly leadAirtableId?: Maybe<string>;
  readonly leadEmail?: Maybe<string>;
  readonly leadPhone?: Maybe<string | number>;
  readonly description: string;
  readonly messageContent?: Maybe<string>;
  /** Who or what says so, such as `n8n:kJMMZ10anu4NqYUL`; that of the client when not given. */
  readonly source?: Maybe<string>;
  readonly executionId?: Maybe<string | number>;
  /** The id of the user who did it. */
  readonly createdBy?: Maybe<string>;
  /** When it happened; now when not given. */
  readonly timestamp?: Maybe<Date | string | number>;
  /** When your program learned of it, where nobody knows when it happened. Under one key it may differ from time to time. */
  readonly observedAt?: Maybe<Date | string | number>;
  /**
   * Two events with the same key and body are one. Made up for each event when not given; give your own when your program
   * may log the same event twice (a job that is run again).
   */
  readonly idempotencyKey?: Maybe<string>;
}

interface LeadActivityOf<Type extends EventType> extends EventFields {
  readonly eventType: Type;
  /** Follows from the type; may be said all the same. */
  readonly eventCategory?: Maybe<(typeof EVENT_TYPES)[Type]>;
  readonly metadata?: Maybe<EventMetadata[Type]>;
}

/** An event of a lead: one of the types of the catalogue, with the metadata that type knows. */
export type LeadActivity = { [Type in EventType]: LeadActivityOf<Type> }[EventType];

/** The same in the spelling of database rows. */
export interface LeadActivityRecord {
  readonly event_type: EventType;
  readonly event_category?: Maybe<EventCategory>;
  readonly lead_id?: Maybe<string>;
  readonly lead_airtable_id?: Maybe<string>;
  readonly lead_email?: Maybe<string>;
  readonly lead_phone?: Maybe<string | number>;
  readonly description: string;
  readonly message_content?: Maybe<string>;
  readonly metadata?: Maybe<Readonly<Record<string, unknown>>>;
  readonly source?: Maybe<string>;
  readonly execution_id?: Maybe<string | number>;
  readonly created_by?: Maybe<string>;
  readonly timestamp?: Maybe<Date | string | number>;
  readonly observed_at?: Maybe<Date | string | number>;
  readonly idempotency_key?: Maybe<string>;
}

/** An event of a type that an administrator has registered for the workspace. */
export interface CustomEvent extends EventFields {
  readonly eventType: string;
  /** The category under which the type was registered. */
  readonly eventCategory: EventCategory;
  readonly metadata?: Maybe<Readonly<Record<string, unknown>>>;
}

/** Whatever can be logged. */
export type HistorybookEvent = LeadActivity | LeadActivityRecord | CustomEvent;
