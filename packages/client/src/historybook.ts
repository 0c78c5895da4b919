import { randomUUID } from 'node:crypto';
import type { Refusal } from './answer.ts';
import { createBacklog } from './backlog.ts';
import type { HistorybookEvent, LeadActivity, LeadActivityRecord } from './event.ts';
import { onExit, onSignals } from './exit.ts';
import { every } from './nap.ts';
import { apiKeyOf, type HistorybookOptions, settingsOf } from './options.ts';
import { type Prepared, prepare, reasonOf, Unsendable } from './prepare.ts';
import { createReports } from './reports.ts';
import type { Entry } from './segments.ts';
import { createSender } from './sender.ts';
import { openSpool } from './spool/index.ts';
import { createCounts, type Stats } from './stats.ts';
import { createTransport } from './transport.ts';

/** What became of an event so far. */
export interface Logged {
  /**
   * `durable`: on the disk of this machine, it will reach the book whatever happens to this process. `queued`: in memory, it
   * will reach the book unless the process is killed. `rejected`: it can never be sent. `dropped`: there was no room, or the
   * client was closed. The last two were reported, and are counted.
   */
  readonly state: 'durable' | 'queued' | 'rejected' | 'dropped';
  /** The key under which it is in the book at most once; undefined when it was rejected here. */
  readonly idempotencyKey: string | undefined;
}

/** What is left when a client is closed. */
export interface Leftover {
  /** Events on the disk: the next client with the same spool folder sends them. */
  readonly onDisk: number;
  /** Events that were in memory alone and are lost. */
  readonly lost: number;
}

/** A client. Its functions may be taken out and passed on. */
export interface Historybook {
  /**
   * Logs an event of a lead. Resolves as soon as it is safe on this machine, without waiting for the server. Never throws
   * and never rejects: logging must not break the program.
   */
  logLeadActivity(activity: LeadActivity | LeadActivityRecord): Promise<Logged>;
  /** The same for an event of any type, also one that the workspace has registered itself. */
  log(event: HistorybookEvent): Promise<Logged>;
  /**
   * Sends what waits now, at once. Resolves true when all of it was acknowledged or refused, false when the server did not
   * answer in `timeoutMs` or takes nothing as things are. Never rejects.
   */
  flush(options?: { readonly timeoutMs?: number }): Promise<boolean>;
  /** Flushes, and ends the client; what comes later is dropped. Safe to call twice. Never rejects. */
  close(options?: { readonly timeoutMs?: number }): Promise<Leftover>;
  stats(): Stats;
  /** Goes on at once with another key, for one that was exchanged. @throws TypeError when it can be none */
  setApiKey(apiKey: string): void;
}

const MOST_EVENT_BYTES = 256 * 1024;
/** How often a client says that it lives, looks for what others left behind, and removes what is acknowledged. */
const TIDY_MS = 5_000;

/**
 * Makes a client. It begins at once: what an earlier process left in the spool folder is sent first.
 * @throws TypeError for options that can never work. The only function that throws: a client that goes nowhere must be
 *   noticed when the program starts, not when the events are missed.
 */
export function createHistorybook(options: HistorybookOptions): Historybook {
  const settings = settingsOf(options);
  let { apiKey } = settings;
  const now = () => Date.now();
  const counts = createCounts();
  const reports = createReports({ ...settings, secret: () => apiKey, now });
  const spool = openSpool(settings, reports, now);
  const backlog = createBacklog({ ...settings, journal: spool?.journal, counts, reports, now, onReady: () => wake() });
  const transport = createTransport({
    ...settings,
    apiKey: () => apiKey,
    fetch: settings.fetch ?? globalThis.fetch,
    now,
  });
  let closing: Promise<Leftover> | undefined;

  const keepAside = (name: string, text: string, reason: string) =>
    spool?.aside.keepEvent(name, text, reason).catch((error: unknown) => {
      reports.error('SPOOL_FAILED', `a refused event could not be kept: ${reasonOf(error)}`);
      return undefined;
    });

  const onRefused = async ({ text }: Entry, refusal: Refusal) => {
    const event = parsed(text);
    const keptIn = refusal.quarantineId ? undefined : await keepAside(randomUUID(), text, refusal.reason);
    reports.rejected({ ...refusal, keptIn, event });
  };

  const sender = createSender({ ...settings, backlog, transport, counts, reports, onRefused });
  const wake = () => sender.wake();

  const rejectHere = async (event: unknown, error: unknown): Promise<Logged> => {
    counts.rejected += 1;
    const text = error instanceof Unsendable ? error.text : undefined;
    const reason = reasonOf(error);
    const keptIn = text === undefined ? undefined : await keepAside(randomUUID(), text, reason);
    reports.rejected({ code: 'UNSENDABLE', reason, issues: [], quarantineId: undefined, keptIn, event });
    return { state: 'rejected', idempotencyKey: undefined };
  };

  const log = async (event: unknown): Promise<Logged> => {
    counts.logged += 1;
    let prepared: Prepared;
    try {
      prepared = prepare(event, settings.source, MOST_EVENT_BYTES);
    } catch (error) {
      return rejectHere(event, error);
    }
    const { key, text, bytes } = prepared;
    if (!closing) return { state: await backlog.add(text, bytes), idempotencyKey: key };
    counts.dropped += 1;
    reports.error('DROPPED', 'an event was given up: the client was closed');
    return { state: 'dropped', idempotencyKey: key };
  };

  const tidy = () =>
    backlog.tidy().catch((error: unknown) => {
      reports.error('SPOOL_FAILED', `the spool cannot be looked after: ${reasonOf(error)}`);
    });
  const tidying = every(TIDY_MS, tidy);
  const flush = ({ timeoutMs = settings.flushTimeoutMs } = {}) => sender.flush(timeoutMs);

  const leaving = {
    flush,
    save() {
      reports.atExit();
      try {
        const lost = backlog.closeNow();
        if (lost > 0) reports.error('LOST_AT_EXIT', `the process ended with ${lost} events that were only in memory`);
      } catch (error) {
        reports.error('LOST_AT_EXIT', `events could not be saved when the process ended: ${reasonOf(error)}`);
      }
    },
    get hasWaiting() {
      return backlog.state().queued > 0;
    },
  };
  const removers = [onExit(leaving), onSignals(settings.flushOnSignals, leaving)];

  const end = async (options?: { readonly timeoutMs?: number }): Promise<Leftover> => {
    await flush(options);
    for (const remove of removers) remove();
    await tidying.stop();
    await sender.stop();
    const { queued } = backlog.state();
    const lost = await backlog.close().catch((error: unknown) => {
      reports.error('SPOOL_FAILED', `the spool could not be closed: ${reasonOf(error)}`);
      return queued - backlog.state().onDisk;
    });
    if (lost > 0) reports.error('DROPPED', `the client was closed with ${lost} events that were only in memory`);
    return { onDisk: queued - lost, lost };
  };

  return {
    logLeadActivity: log,
    log,
    flush,
    close(options) {
      closing ??= end(options);
      return closing;
    },
    stats() {
      const { queued, onDisk, memoryBytes, spoolBytes } = backlog.state();
      const state = closing ? 'closed' : sender.state;
      return {
        ...counts,
        queued,
        onDisk,
        memoryBytes,
        spoolBytes,
        state,
        lastError: sender.lastError && reports.clean(sender.lastError),
      };
    },
    setApiKey(next) {
      apiKey = apiKeyOf(next);
      sender.resume();
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A file of the spool that was written by somebody else.
    return text;
  }
}
