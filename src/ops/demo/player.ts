import { randomUUID } from 'node:crypto';
import { NETWORK_BACKOFF, retryWithBackoff } from '#platform/backoff.ts';
import type { Clock } from '#platform/clock.ts';
import { createRandom } from './random.ts';
import { type RestClient, RestError } from './rest-client.ts';
import type { Call } from './scenes.ts';
import { createScript } from './script.ts';

export interface PlayOptions {
  readonly ratePerSecond: number;
  /** For how long, from the first event on; without end when not given. Milliseconds. */
  readonly durationMs?: number | undefined;
}

export interface PlayerStatus {
  readonly isPlaying: boolean;
  readonly ratePerSecond: number;
  readonly startedAt: string | null;
  /** null while it plays without end. */
  readonly endsAt: string | null;
  readonly sent: number;
  readonly failed: number;
  readonly lastError: string | null;
}

/**
 * Plays lifelike traffic through the REST interface.
 *
 *   idle ──play()──▶ playing ──time is up, stop(), or no request can succeed──▶ idle
 *
 * play() while it plays changes the pace and the end. What passes (a restart, a rate limit) is waited out, and tried again
 * under the same idempotency key.
 */
export interface Player {
  play(options: PlayOptions): PlayerStatus;
  stop(): Promise<PlayerStatus>;
  status(): PlayerStatus;
  /** Resolves when it is idle. */
  finished(): Promise<void>;
}

export interface PlayerDeps {
  readonly client: () => RestClient;
  readonly clock: Clock;
  readonly onSent?: (call: Call) => void;
  readonly onFailed?: (call: Call, error: Error) => void;
}

const PATIENCE_MS = 60_000;
/** Requests on their way at once. */
const MAX_OPEN = 16;

interface Run {
  readonly abort: AbortController;
  readonly startedAt: Date;
  ratePerSecond: number;
  endsAt: Date | undefined;
  done: Promise<void>;
}

export function createPlayer({ client, clock, onSent, onFailed }: PlayerDeps): Player {
  let run: Run | undefined;
  let [sent, failed, lastError]: [number, number, string | null] = [0, 0, null];

  const perform = async (rest: RestClient, call: Call, key: string, abort: AbortController): Promise<void> => {
    try {
      await retryWithBackoff(() => rest.send(call, key, abort.signal), {
        policy: NETWORK_BACKOFF,
        deadlineMs: PATIENCE_MS,
        isRetryable: (error) => error instanceof RestError && error.isPassing,
        signal: abort.signal,
        clock,
      });
      sent += 1;
      onSent?.(call);
    } catch (error) {
      if (abort.signal.aborted) return;
      failed += 1;
      const reason = error instanceof Error ? error : new Error(String(error));
      lastError = reason.message;
      onFailed?.(call, reason);
      if (error instanceof RestError && (error.isFinal || error.isPassing)) abort.abort(error);
    }
  };

  const playOn = async (current: Run): Promise<void> => {
    const { abort } = current;
    const rest = client();
    const begun = clock.now().getTime();
    const [first, ...others] = await rest.leads(abort.signal);
    if (!first) throw new Error('There are no leads to play about in this workspace.');
    // Its time is for playing: what was needed to get there, on a busy server, does not count.
    if (current.endsAt) current.endsAt = new Date(clock.now().getTime() + current.endsAt.getTime() - begun);
    const name = randomUUID();
    const random = createRandom(name);
    const script = createScript(random, [first, ...others]);
    const open = new Set<Promise<void>>();
    for (let n = 0; !abort.signal.aborted && !(current.endsAt && current.endsAt <= clock.now()); n += 1) {
      const sending = perform(rest, script.next(clock.now().getTime()), `demo-${name}-${n}`, abort);
      open.add(sending);
      void sending.then(() => open.delete(sending));
      if (open.size >= MAX_OPEN) await Promise.race(open);
      await clock
        .sleep((1_000 / current.ratePerSecond) * random.between(0.4, 1.6), abort.signal)
        .catch(() => undefined);
    }
    await Promise.all(open);
  };

  const status = (): PlayerStatus => ({
    isPlaying: run !== undefined,
    ratePerSecond: run?.ratePerSecond ?? 0,
    startedAt: run?.startedAt.toISOString() ?? null,
    endsAt: run?.endsAt?.toISOString() ?? null,
    ...{ sent, failed, lastError },
  });

  return {
    status,
    play({ ratePerSecond, durationMs }) {
      const now = clock.now();
      const endsAt = durationMs === undefined ? undefined : new Date(now.getTime() + durationMs);
      if (run) {
        Object.assign(run, { ratePerSecond, endsAt });
        return status();
      }
      [sent, failed, lastError] = [0, 0, null];
      const abort = new AbortController();
      const current: Run = { abort, startedAt: now, ratePerSecond, endsAt, done: Promise.resolve() };
      run = current;
      current.done = playOn(current)
        .catch((error: unknown) => {
          if (!abort.signal.aborted) lastError = error instanceof Error ? error.message : String(error);
        })
        .finally(() => {
          run = undefined;
        });
      return status();
    },
    async stop() {
      run?.abort.abort(new Error('stopped'));
      await run?.done;
      return status();
    },
    async finished() {
      await run?.done;
    },
  };
}
