import type { Refusal } from './answer.ts';
import type { Backlog } from './backlog.ts';
import { pauseAfter, RETRY, waitAfter } from './backoff.ts';
import { createBatchLimit } from './batch-limit.ts';
import { createFlushes } from './flushes.ts';
import { createNap } from './nap.ts';
import type { Reports } from './reports.ts';
import type { Entry } from './segments.ts';
import type { Counts, Stats } from './stats.ts';
import type { Outcome, Transport } from './transport.ts';

/**
 * Sends the backlog, one request at a time, so that events arrive in the order in which they were logged.
 *
 *   idle ──something waits──▶ sending ──taken──▶ idle
 *                              │  └──cannot just now──▶ waiting (full jitter, Retry-After) ──▶ sending
 *                              ├──nothing will be taken as things are──▶ paused (minutes, or a new key) ──▶ sending
 *                              └──too large, or one event spoils it──▶ sending, half as much
 */
export interface Sender {
  /** There is more to send. */
  wake(): void;
  /** A person has put something right: try at once. */
  resume(): void;
  /** Resolves true when everything that waits now is settled, false at the deadline or in a pause. */
  flush(timeoutMs: number): Promise<boolean>;
  /** Ends; a request on its way is given up. */
  stop(): Promise<void>;
  readonly state: Exclude<Stats['state'], 'closed'>;
  readonly lastError: string | undefined;
}

export interface SenderDeps {
  readonly backlog: Backlog;
  readonly transport: Transport;
  readonly batchEvents: number;
  readonly batchBytes: number;
  readonly lingerMs: number;
  readonly counts: Counts;
  readonly reports: Reports;
  readonly onRefused: (entry: Entry, refusal: Refusal) => Promise<void>;
  readonly random?: () => number;
}

/** So often an event that the server fails over is sent alone before others get their turn. */
const ALONE = 3;

export function createSender(deps: SenderDeps): Sender {
  const { backlog, transport, batchEvents, batchBytes, lingerMs, counts, reports, onRefused, random } = deps;
  const abort = new AbortController();
  const limit = createBatchLimit(batchEvents);
  // Of those that were rejected, only what had waited: what could not be sent at all has no part in a flush.
  let refused = 0;
  const flushes = createFlushes(() => counts.acknowledged + refused + counts.damaged);
  const [lingering, waiting] = [createNap(), createNap()];
  let [failures, pauses] = [0, 0];
  let state: Sender['state'] = 'idle';
  let lastError: string | undefined;
  let running: Promise<void> | undefined;
  let isWoken = false;
  let mayCutWait = false;

  const isFull = () => {
    const { ready } = backlog.state();
    return ready.events >= limit.events || ready.bytes >= batchBytes;
  };

  /** Waits until a batch is full, or its first event has waited long enough. */
  const linger = async () => {
    if (flushes.isWanted || isFull() || backlog.state().queued === 0) return;
    await lingering.sleep(lingerMs);
  };

  const refuse = async (entry: Entry, refusal: Refusal) => {
    await onRefused(entry, refusal);
    if (!backlog.settle(entry)) return;
    counts.rejected += 1;
    refused += 1;
  };

  /** Settles what was judged; why something has to be sent again, if so. */
  const apply = async (batch: readonly Entry[], { verdicts }: Extract<Outcome, { kind: 'judged' }>) => {
    let again: string | undefined;
    for (const [i, entry] of batch.entries()) {
      const verdict = verdicts[i];
      if (!verdict || verdict.kind === 'later') again = verdict?.reason ?? 'it was not judged';
      else if (verdict.kind === 'refused') await refuse(entry, verdict.refusal);
      else if (backlog.settle(entry)) {
        counts.acknowledged += 1;
        if (verdict.status === 'duplicate') counts.duplicates += 1;
      }
    }
    return again;
  };

  const waitToRetry = async (reason: string, askedMs = 0) => {
    failures += 1;
    [state, lastError] = ['waiting', reason];
    mayCutWait = askedMs === 0;
    const ms = waitAfter(failures, RETRY, askedMs, random);
    // One lost request is nothing to report: it is sent again before anybody could look.
    if (failures > 1) reports.error('UNAVAILABLE', `Historybook ${reason}; the next try is in ${ms} ms`);
    await waiting.sleep(ms);
  };

  const pause = async (reason: string) => {
    pauses += 1;
    [state, lastError] = ['paused', reason];
    mayCutWait = false;
    flushes.giveUp();
    const ms = pauseAfter(pauses, random);
    const { queued } = backlog.state();
    const next = `${queued} events wait; the next try is in ${Math.round(ms / 1000)} s`;
    reports.error('PAUSED', `Historybook ${reason} ${next}`);
    await waiting.sleep(ms);
  };

  const handle = async (batch: readonly Entry[], outcome: Outcome): Promise<void> => {
    const alone = batch.length === 1 ? batch[0] : undefined;
    limit.learn(outcome, batch.length, failures);
    if (outcome.kind === 'closed') return pause(outcome.reason);
    pauses = 0;
    if (outcome.kind === 'later') {
      if (alone && outcome.isHeavy) {
        alone.failures += 1;
        if (alone.failures % ALONE === 0) backlog.defer(alone);
      }
      return waitToRetry(outcome.reason, outcome.retryAfterMs);
    }
    if (outcome.kind === 'refused') {
      const { code, reason } = outcome;
      return alone && refuse(alone, { code, reason, issues: [], quarantineId: undefined });
    }
    const again = await apply(batch, outcome);
    if (again !== undefined) return waitToRetry(`did not take an event: ${again}`);
    [failures, lastError] = [0, undefined];
  };

  /** Sends one batch; false when nothing waits. */
  const send = async (): Promise<boolean> => {
    await linger();
    const batch = await backlog.take({ events: limit.events, bytes: batchBytes });
    if (batch.length === 0 || abort.signal.aborted) return false;
    state = 'sending';
    counts.sent += batch.length;
    counts.retried += batch.filter(({ tries }) => tries > 0).length;
    for (const entry of batch) entry.tries += 1;
    const texts = batch.map(({ text }) => text);
    const outcome = await transport.post(texts, abort.signal);
    if (abort.signal.aborted && outcome.kind !== 'judged') return false;
    await handle(batch, outcome);
    state = 'idle';
    flushes.check(backlog.state().queued === 0);
    return true;
  };

  const run = async () => {
    while (isWoken && !abort.signal.aborted) {
      isWoken = false;
      while (!abort.signal.aborted && (await send()));
    }
    state = 'idle';
    running = undefined;
    flushes.check(backlog.state().queued === 0);
  };

  const wake = () => {
    isWoken = true;
    if (!running && !abort.signal.aborted) running = run();
    if (flushes.isWanted || isFull()) lingering.end();
  };

  return {
    wake,
    resume() {
      pauses = 0;
      waiting.end();
      wake();
    },
    async flush(timeoutMs) {
      await backlog.settled();
      const { queued } = backlog.state();
      if (queued === 0) return true;
      if (state === 'paused' || abort.signal.aborted) return false;
      const flushed = flushes.wait(queued, timeoutMs);
      // A wait that the server asked for is kept.
      if (state === 'waiting' && mayCutWait) waiting.end();
      wake();
      return flushed;
    },
    async stop() {
      abort.abort(new Error('the client was closed'));
      lingering.end();
      waiting.end();
      flushes.giveUp();
      await running;
    },
    get state() {
      return state;
    },
    get lastError() {
      return lastError;
    },
  };
}
