/**
 * A service that logs events, in a process of its own. What it is told it writes to a file before it goes on; what is not
 * acknowledged it sends again, under the same key, until it is. Now and then it sends again what was acknowledged.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveParent } from '../../bench/harness/child.ts';
import { createRandom, type Random } from '../harness/random.ts';
import { createEventMaker, type SentEvent } from './events.ts';
import { createSender, type Sender, type Verdict } from './sender.ts';

export interface ClientOptions {
  readonly name: string;
  readonly seed: string;
  readonly host: string;
  readonly port: number;
  readonly keys: readonly string[];
  readonly leads: readonly string[];
  readonly logFile: string;
  /** Requests under way at once. */
  readonly lanes: number;
  /** Events of a request: 1 alone, or a batch of 2 to this many. */
  readonly maxBatch: number;
  /** Of ten requests, how many bring one event alone. */
  readonly singles: number;
  /** Events a second altogether; as fast as they are answered when not given. */
  readonly rate?: number;
}

export interface ClientStats {
  readonly acknowledged: number;
  readonly receipts: Readonly<Record<string, number>>;
  /** Requests that got no answer. */
  readonly cutOff: number;
  /** Refusals that say "later", by status. */
  readonly later: Readonly<Record<number, number>>;
  /** Refusals of good events: there must be none. */
  readonly refused: readonly string[];
  /** Milliseconds from sending to the acknowledgement: of the requests that were acknowledged. */
  readonly latency: { readonly p50: number; readonly p99: number; readonly max: number };
}

export type ClientQuestion = 'progress' | 'finish';

export interface Progress {
  readonly acknowledged: number;
  /** Of these, how many were answered with "stored". */
  readonly stored: number;
}

/** Of a hundred requests, after how many an older event is sent once more. */
const REPEATS = 0.02;
const PAUSE_MS = { min: 20, max: 400 };
const REMEMBERED = 200;

serveParent((options: ClientOptions) => {
  const log = openSync(options.logFile, 'a');
  const receipts: Record<string, number> = {};
  const later: Record<number, number> = {};
  const refused: string[] = [];
  const latencies: number[] = [];
  const earlier: SentEvent[] = [];
  let [acknowledged, cutOff, sent] = [0, 0, 0];
  let isOver = false;
  const startedAt = performance.now();
  const random = createRandom(options.seed);
  const make = createEventMaker(options.name, options.leads, random.fork('events'), Date.now);

  /** Writes down what came back; gives the events that have to be sent again. */
  const take = (events: readonly SentEvent[], verdicts: readonly Verdict[], isRepeat: boolean): SentEvent[] => {
    const lines: string[] = [];
    const again: SentEvent[] = [];
    for (const [i, event] of events.entries()) {
      const verdict = verdicts[i] ?? { kind: 'cut off' };
      if (verdict.kind === 'taken') {
        receipts[verdict.status] = (receipts[verdict.status] ?? 0) + 1;
        lines.push(`${event.token}\t${verdict.id}\t${verdict.status}\t${event.fingerprint}\n`);
        if (!isRepeat) acknowledged += 1;
        if (!isRepeat && earlier.length < REMEMBERED) earlier.push(event);
      } else {
        if (verdict.kind === 'later') later[verdict.status] = (later[verdict.status] ?? 0) + 1;
        if (verdict.kind === 'refused') {
          if (refused.length < 20) refused.push(`${event.token}: ${verdict.status} ${verdict.reason}`);
        } else again.push(event);
      }
    }
    if (lines.length > 0) writeSync(log, lines.join(''));
    return again;
  };

  const bring = async (sender: Sender, events: readonly SentEvent[], lane: Random, isRepeat = false) => {
    for (let left = events; left.length > 0; ) {
      const began = performance.now();
      const verdicts = await sender.send(left);
      if (!verdicts) cutOff += 1;
      const before = left.length;
      left = take(left, verdicts ?? left.map(() => ({ kind: 'cut off' })), isRepeat);
      if (left.length < before && latencies.length < 2_000_000) latencies.push(performance.now() - began);
      if (left.length > 0) await sleep(lane.int(PAUSE_MS.min, PAUSE_MS.max));
    }
  };

  const run = async (number: number) => {
    const lane = random.fork(`lane ${number}`);
    const sender = createSender({ ...options, key: options.keys[number % options.keys.length] ?? '' });
    while (!isOver) {
      const size = lane.chance(options.singles / 10) ? 1 : lane.int(2, Math.max(2, options.maxBatch));
      sent += size;
      if (options.rate !== undefined) {
        const wait = startedAt + (sent * 1000) / options.rate - performance.now();
        if (wait > 0) await sleep(wait);
      }
      await bring(sender, Array.from({ length: size }, make), lane);
      const old = lane.chance(REPEATS) ? earlier.splice(lane.int(0, Math.max(0, earlier.length - 1)), 1) : [];
      await bring(sender, old, lane, true);
    }
    sender.close();
  };
  const running = Promise.all(Array.from({ length: options.lanes }, (_, number) => run(number)));

  const stats = (): ClientStats => {
    const sorted = latencies.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return { acknowledged, receipts, cutOff, later, refused, latency: { p50: at(0.5), p99: at(0.99), max: at(1) } };
  };

  return {
    async answer(question: ClientQuestion): Promise<Progress | ClientStats> {
      if (question === 'progress') return { acknowledged, stored: receipts.stored ?? 0 };
      isOver = true;
      await running;
      closeSync(log);
      return stats();
    },
  };
});
