import type { Category, Door } from './catalogue/type.ts';
import type { ErrorBody } from './errors.ts';
import type { LeadReference, LeadSummary } from './lead.ts';

export const VISIBILITIES = ['INTERNAL', 'CLIENT', 'SYSTEM'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

export const SEVERITIES = ['INFO', 'WARNING', 'ERROR'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const ACTOR_TYPES = ['USER', 'SYSTEM', 'WORKER', 'INTEGRATION'] as const;
export type ActorType = (typeof ACTOR_TYPES)[number];

/** Who or what did it. */
export interface Actor {
  readonly type: ActorType;
  readonly id: string | null;
  readonly label: string | null;
}

/** The service key that brought an activity, with its name at that time. */
export interface ServiceKeyRef {
  readonly id: string;
  readonly name: string;
}

export type Metadata = Readonly<Record<string, unknown>>;

/**
 * An activity that was judged good and has its id: what the pipeline carries, the spool keeps and append_activities()
 * takes. Every door translates to this one shape.
 */
export interface NewActivity extends LeadReference {
  readonly id: string;
  readonly workspaceId: string;
  readonly door: Door;
  readonly type: string;
  readonly category: Category | string;
  readonly occurredAt: Date;
  /** Only of a made-up history, such as the demo's: everything else is recorded when the book takes it. */
  readonly recordedAt?: Date | undefined;
  /** A subject that is no lead, such as `deal:456`; leads are named by the references of LeadReference. */
  readonly subjectKey?: string | undefined;
  readonly description: string;
  readonly message?: string | null | undefined;
  readonly metadata?: Metadata | null | undefined;
  readonly source: string;
  readonly executionId?: string | null | undefined;
  readonly actor?: Actor | undefined;
  readonly createdBy?: string | null | undefined;
  /** Undefined for what a person or Historybook itself writes. */
  readonly serviceKey?: ServiceKeyRef | undefined;
  readonly entityType?: string | undefined;
  readonly entityId?: string | undefined;
  readonly brandId?: string | undefined;
  readonly visibility?: Visibility | undefined;
  readonly severity?: Severity | undefined;
  readonly status?: string | undefined;
  readonly success?: boolean | undefined;
  readonly errorCode?: string | undefined;
  readonly errorMessage?: string | undefined;
  readonly durationMs?: number | undefined;
  readonly sessionId?: string | undefined;
  readonly url?: string | undefined;
  readonly httpMethod?: string | undefined;
  readonly httpStatus?: number | undefined;
  readonly direction?: 'outgoing' | 'incoming' | undefined;
  readonly callId?: string | undefined;
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** With a key, the same body again is a duplicate and another body a conflict. */
  readonly idempotency?: { readonly key: string; readonly bodyHash: string } | undefined;
}

/** An activity as readers see it, everywhere: pages, timelines, streams, exports. Instants are ISO 8601 in UTC. */
export interface ActivityView {
  readonly id: string;
  /** Place in the order of the book; with the epoch it is the stream cursor. */
  readonly position: number;
  readonly door: Door;
  readonly type: string;
  readonly category: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly description: string;
  readonly message: string | null;
  readonly metadata: Metadata | null;
  readonly source: string;
  readonly executionId: string | null;
  readonly lead: LeadSummary | null;
  readonly leadAirtableId: string | null;
  /** The key the activity is filed under: lead:…, airtable:…, email:…, phone:… */
  readonly subjectKey: string | null;
  /** Of type USER only when Historybook knows that person. */
  readonly actor: Actor | null;
  /** The author as the caller named him, when he did it by an id. */
  readonly createdBy: string | null;
  /** The service key that wrote it; null for what a person or Historybook itself wrote. */
  readonly serviceKey: ServiceKeyRef | null;
  readonly visibility: Visibility;
  readonly severity: Severity;
  readonly status: string | null;
  readonly tags: readonly string[];
}

export type ReceiptStatus = 'stored' | 'duplicate' | 'spooled' | 'quarantined';

/** The answer to one event that was taken. Once it is given, the event is durable. */
export interface Receipt {
  readonly status: ReceiptStatus;
  readonly activityId: string;
  /** When it happened, ISO 8601 in UTC. */
  readonly timestamp: string;
}

/** The answer to one event of a batch: its receipt, or why it was refused. */
export type Verdict = ({ readonly ok: true } & Receipt) | { readonly ok: false; readonly error: ErrorBody };
