import { z } from 'zod';

/** Whether events are taken now, best first. */
export const VERDICTS = ['working', 'degraded', 'spooling', 'failing'] as const;
export type Verdict = (typeof VERDICTS)[number];

export const INCIDENT_KINDS = ['database_away', 'spool_in_use', 'live_lagging', 'process_killed'] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

/** How what a source sent in the last hour compares with the same hour of the weeks before. */
export const RATE_JUDGEMENTS = ['learning', 'silent', 'low', 'usual', 'high'] as const;
export type RateJudgement = (typeof RATE_JUDGEMENTS)[number];

const instant = z.iso.datetime();
const count = z.int().min(0);
const millis = z.number().min(0);

export const incidentView = z.object({
  id: z.uuid(),
  kind: z.enum(INCIDENT_KINDS),
  openedAt: instant,
  /** Null while it goes on. */
  closedAt: instant.nullable(),
  /** Which process saw it: host and process number. */
  place: z.string(),
  detail: z.string(),
});
export type IncidentView = z.infer<typeof incidentView>;

export const sourceHealth = z.object({
  source: z.string(),
  events: count,
  /** Null for a source of which everything was refused so far. */
  lastOccurredAt: instant.nullable(),
  lastRecordedAt: instant.nullable(),
  /** In the last hour, by the time at which they happened. */
  lastHour: count,
  /** The same hour of the last four weeks, as far as there were any yet; the latest week first. */
  usual: z.array(count),
  judgement: z.enum(RATE_JUDGEMENTS),
  /** By hour, the last 24, oldest first. */
  day: z.array(count),
  /** Refused in the last 24 hours, each body as often as it came; one that had come before, once. */
  refused: count,
  /** From happened to recorded, of the last 24 hours; null without any. */
  lagMs: z.object({ p50: millis, p95: millis, p99: millis }).nullable(),
  /**
   * From recorded until this process had read it for open pages, of the last ones, whether or not a page shows them; null
   * when nobody had a page of the workspace open.
   */
  shownMs: z.object({ p50: millis, p95: millis, p99: millis }).nullable(),
});
export type SourceHealth = z.infer<typeof sourceHealth>;

export const healthReport = z.object({
  at: instant,
  verdict: z.enum(VERDICTS),
  /** Since when that is so, as far as this process has seen. */
  since: instant,
  /** What an operator reads first. */
  sentence: z.string(),
  /** Why it is not `working`, worst first. */
  problems: z.array(z.string()),
  process: z.object({ startedAt: instant, place: z.string(), lastAcknowledgedAt: instant.nullable() }),
  /** The last proof that an event gets into the book: an event that was stored, or one tried and taken back. */
  proof: z.object({
    at: instant.nullable(),
    kind: z.enum(['event', 'canary']).nullable(),
    failure: z.string().nullable(),
  }),
  queue: z.object({ depth: count }),
  spool: z.object({
    records: count,
    bytes: count,
    maxBytes: count,
    oldestAt: instant.nullable(),
    damaged: count,
    draining: z.boolean(),
    drainRate: count,
  }),
  database: z.object({
    reachable: z.boolean(),
    awaySince: instant.nullable(),
    latencyMs: millis.nullable(),
    /** Null while the database cannot say. */
    facts: z
      .object({
        version: z.string(),
        bytes: count,
        connections: count,
        maxConnections: count,
        /** Months after this one that have their partition. */
        monthsAhead: count,
        /** Events that landed where no partition was ready. */
        strayRows: z.boolean(),
        processes: z.array(z.object({ place: z.string(), startedAt: instant, beatAt: instant })),
      })
      .nullable(),
  }),
  live: z.object({
    subscribers: count,
    catchingUp: count,
    stalled: count,
    tail: z.enum(['reading', 'dormant', 'broken']),
    brokenSince: instant.nullable(),
    /** From recorded until this process had read it for those who follow, of the last batches; null when nobody followed. */
    deliveryMs: z.object({ p50: millis, p95: millis, p99: millis }).nullable(),
  }),
  /** Of the workspace; null while the database cannot say. */
  quarantine: z
    .object({
      waiting: count,
      /** There are more than were counted. */
      isCapped: z.boolean(),
      oldestAt: instant.nullable(),
      reasons: z.array(z.object({ code: z.string(), waiting: count })),
    })
    .nullable(),
});
export type HealthReport = z.infer<typeof healthReport>;

/** Fewer weeks than that say nothing. */
const WEEKS_TO_KNOW = 2;
/** A source that usually sends fewer in an hour may well be silent for one. */
const FEW = 5;

/** @param usual the same hour of the weeks before, as many as are known */
export function judgeRate(lastHour: number, usual: readonly number[]): RateJudgement {
  if (usual.length < WEEKS_TO_KNOW) return 'learning';
  const least = Math.min(...usual);
  const most = Math.max(...usual);
  if (lastHour === 0) return least >= FEW ? 'silent' : 'usual';
  if (least >= FEW && lastHour < least / 2) return 'low';
  return lastHour > Math.max(most * 2, FEW * 2) ? 'high' : 'usual';
}

/** What the verdict is made of. */
export interface Signs {
  /** Why the book cannot be written to, if it cannot. */
  readonly bookAway: string | undefined;
  /** Why the database gives no answer, if it gives none. */
  readonly databaseAway: string | undefined;
  readonly spool: Pick<HealthReport['spool'], 'records' | 'bytes' | 'maxBytes' | 'damaged'>;
  readonly isSpoolTooOld: boolean;
  /** Why the spool has refused an event a moment ago: one that does not fit is refused before the spool is full to the byte. */
  readonly spoolRefusal: string | undefined;
  /** Why an event that was tried did not get into the book. */
  readonly canaryFailure: string | undefined;
  /** Why the last sign of life could not be written. */
  readonly pulseFailure: string | undefined;
  readonly isLiveBroken: boolean;
}

/** Whether logging works, in one sentence, and everything that is wrong. */
export function judgeSigns(signs: Signs): { verdict: Verdict; sentence: string; problems: string[] } {
  const { bookAway, databaseAway, spool, isSpoolTooOld } = signs;
  const away = bookAway ?? databaseAway;
  const tooOld = isSpoolTooOld ? 'what is in the spool has waited for too long' : undefined;
  const refusal = signs.spoolRefusal ?? tooOld ?? (spool.bytes >= spool.maxBytes ? 'the spool is full' : undefined);
  const problems: string[] = [];
  if (away !== undefined && refusal !== undefined)
    problems.push(`Events are refused with 503 until the database is back: ${refusal}.`);
  if (away !== undefined) problems.push(`The database cannot take events: ${away}`);
  if (signs.canaryFailure !== undefined && away === undefined) {
    problems.push(`An event that was tried did not get into the book: ${signs.canaryFailure}`);
  }
  if (signs.pulseFailure !== undefined && away === undefined) {
    problems.push(`A sign of life could not be written: ${signs.pulseFailure}`);
  }
  if (spool.records > 0 && away === undefined)
    problems.push(`${spool.records} events on disk are on their way into the book.`);
  if (spool.damaged > 0)
    problems.push(`${spool.damaged} damaged pieces of the spool wait for somebody to look at them.`);
  if (signs.isLiveBroken)
    problems.push('The live stream cannot read the book: pages refresh every 30 seconds meanwhile.');
  if (away !== undefined && refusal !== undefined) return { verdict: 'failing', sentence: SENTENCES.failing, problems };
  if (away !== undefined) return { verdict: 'spooling', sentence: SENTENCES.spooling, problems };
  const verdict = problems.length > 0 ? 'degraded' : 'working';
  return { verdict, sentence: SENTENCES[verdict], problems };
}

const SENTENCES: Readonly<Record<Verdict, string>> = {
  working: 'Logging works.',
  degraded: 'Logging works, but something needs attention.',
  spooling: 'The database is away. Events are kept on disk and nothing is lost.',
  failing: 'Events are being refused.',
};
