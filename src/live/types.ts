import type { ActivityView } from '#domain/activity.ts';
import type { ActivityFilter } from '#domain/filter.ts';
import type { Principal } from '#domain/principal.ts';
import type { Service } from '#platform/service.ts';

/** One filter that a subscriber follows, under a name of the subscriber's choice. */
export interface FeedRequest {
  readonly id: string;
  readonly filter: ActivityFilter;
  /** Stream cursor (`epoch.seq`) after which to begin; without one the feed begins now. */
  readonly after?: string | undefined;
}

export interface FollowRequest {
  readonly principal: Principal;
  readonly feeds: readonly FeedRequest[];
  /** Cursor of the last thing this subscriber was sent on any of its feeds. */
  readonly lastEventId?: string | undefined;
}

/**
 * What a subscriber is told, in position order, each under the cursor from which to resume:
 * - an activity, with the feeds it matches: each matching activity once;
 * - `resync`: these feeds cannot be continued from where they were; read the page again, then go on from here;
 * - `forbidden`, first of all: these feeds are not served, the others are;
 * - `caughtUp`: everything up to this cursor has been sent.
 */
export type LiveMessage =
  | { readonly feeds: readonly string[]; readonly activity: ActivityView }
  | { readonly feeds: readonly string[]; readonly resync: true }
  | { readonly feeds: readonly string[]; readonly forbidden: true }
  | { readonly feeds: readonly string[]; readonly caughtUp: true };

export interface LiveEnvelope {
  readonly cursor: string;
  readonly message: LiveMessage;
}

/** Writes the messages of one protocol. Everything it returns is written to many sockets and must not change. */
export interface FrameFormat {
  readonly name: string;
  /** The first bytes of a stream. */
  opening(): Buffer;
  readonly ping: Buffer;
  /** An activity is written as head, then the activity's JSON, then tail. */
  activityHead(feeds: readonly string[]): Buffer;
  activityTail(cursor: string): Buffer;
  resync(feeds: readonly string[], cursor: string): Buffer;
  forbidden(feeds: readonly string[], cursor: string): Buffer;
  caughtUp(cursor: string): Buffer;
}

/** What the hub needs of a response whose head is sent: a subset of http.ServerResponse. */
export interface LiveSocket {
  readonly writableLength: number;
  readonly destroyed: boolean;
  write(chunk: Buffer): boolean;
  end(chunk?: Buffer): unknown;
  destroy(): unknown;
  on(event: 'drain' | 'close', listener: (this: LiveSocket) => void): unknown;
}

/**
 * The ids of those activities of the workspace with `fromSeqExclusive < seq <= toSeqInclusive` that match the filter,
 * found by the condition that pages use.
 */
export type MatchSearch = (
  workspaceId: string,
  filter: ActivityFilter,
  fromSeqExclusive: number,
  toSeqInclusive: number,
) => Promise<ReadonlySet<string>>;

export interface LiveLimits {
  /** Subscribers at once; one more is answered UNAVAILABLE with Retry-After. */
  readonly maxSubscribers: number;
  /** Of them those of one key or person, whatever there is room for; one more is answered RATE_LIMITED with Retry-After. */
  readonly maxSubscribersEach: number;
  /** Filters with search words at once: each costs a query per batch. */
  readonly maxSearches: number;
  readonly maxSearchesEach: number;
  /** Recent activities kept in memory: how many, and how many bytes of JSON. */
  readonly ringCount: number;
  readonly ringBytes: number;
  /** Activities read ahead when the first subscriber comes, so that those who come back find them in memory. */
  readonly prefill: number;
  /** A client that comes with a cursor further back than this many positions is answered `resync`. */
  readonly maxCatchUp: number;
  /** A connected subscriber that falls further back than this many positions is told `resync`. */
  readonly maxLag: number;
  /** Bytes waiting in one socket above which its subscriber pauses, and bytes written to it at once. */
  readonly maxSocketBytes: number;
  readonly sliceBytes: number;
  /** A subscriber that has not read for this long is closed, in milliseconds. */
  readonly maxStallMs: number;
  /** A stream older than this is closed, so that its client signs in again, in milliseconds. */
  readonly maxAgeMs: number;
  readonly heartbeatMs: number;
  /** Under load the book is read, and frames are written, once in this many milliseconds. */
  readonly coalesceMs: number;
  /** Without a wake-up the book is looked at this often, in milliseconds. */
  readonly pollMs: number;
  /** How long reading goes on after the last subscriber has left, in milliseconds. */
  readonly lingerMs: number;
}

export interface LiveStats {
  readonly subscribers: number;
  readonly groups: number;
  readonly catchingUp: number;
  readonly stalled: number;
  /** Cursor up to which this process has read; undefined before the first subscriber. */
  readonly cursor: string | undefined;
  readonly ringCount: number;
  readonly ringBytes: number;
  /** Since the process started. */
  readonly delivered: number;
  readonly resyncs: number;
  readonly refused: number;
  /** What reads the book: at work, at rest because nobody follows, or unable to. */
  readonly tail: 'reading' | 'dormant' | 'broken';
  /** When it last read up to the head of the book, and since when it cannot. */
  readonly currentAt: Date | undefined;
  readonly brokenSince: Date | undefined;
  /** From recorded until this process had read it, of the oldest activity of each of the last batches, in milliseconds. */
  readonly deliveryMs: readonly number[];
}

export type StartStream = (open: () => LiveSocket, format: FrameFormat) => void;

/** The live stream of one process: one reader of the book, any number of subscribers. */
export interface Live extends Service {
  /** A stream is never silent for longer than this, in milliseconds. */
  readonly heartbeatMs: number;
  /**
   * Makes sure that the request may be served now. What it returns starts the stream: `open` is asked for the socket,
   * the head of the answer sent, once there is room for it.
   * Of several feeds those that are forbidden are told and left out.
   * @throws AppError FORBIDDEN (when no feed is allowed), INVALID_INPUT, RATE_LIMITED or UNAVAILABLE; so does what it returns, before `open` is called
   */
  admit(request: FollowRequest): Promise<StartStream>;
  /**
   * The same stream for a caller in this process, at its own pace. Ends with `signal`, or by closeWhere().
   * @throws AppError as admit()
   */
  follow(request: FollowRequest, signal: AbortSignal): AsyncGenerator<LiveEnvelope, void>;
  /**
   * Ends every stream of a principal for which `predicate` is true, because its key, session or role has changed or
   * the server stops. Clients come back by themselves and are then judged anew. Returns how many were ended.
   */
  closeWhere(predicate: (principal: Principal) => boolean): number;
  stats(): LiveStats;
  /**
   * By source of a workspace of which a feed is open in this process: from recorded until this process had read it and, but to
   * feeds that search, handed it on, of the last activities, in milliseconds. Also of those that no open feed shows.
   */
  deliveriesOf(workspaceId: string): ReadonlyMap<string, readonly number[]>;
  /** Resolves once everything in the book has been read; wakes the reader if it rests. @throws AppError UNAVAILABLE */
  check(): Promise<void>;
}
