import { createKnownOnDisk } from '#access/index.ts';
import { backoffDelay } from '#platform/backoff.ts';
import { systemClock } from '#platform/clock.ts';
import { isDatabaseAway } from '#platform/db/away.ts';
import { isNotReachableYet } from '#platform/db/reachable.ts';
import { EmbeddedPostgresError } from '#platform/embedded/binaries.ts';
import { type BringUpOptions, bringUp, type Running } from './bring-up.ts';

/** The way up to full service, however often the database has to be tried. */
export interface Ascent {
  /**
   * Resolves with what runs, or with undefined when the database is not there (yet): then serve without it.
   * Rejects with what a person has to correct before anything can run.
   */
  readonly first: Promise<Running | undefined>;
  /** Resolves when everything runs; rejects when the signal aborted before. */
  readonly up: Promise<Running>;
  /** Why it does not run yet. */
  reason(): string;
}

export type AscentOptions = Omit<BringUpOptions, 'onReached' | 'patienceMs'>;

/** How long a database that refuses is asked again before the application serves without it, in milliseconds. */
const REFUSED_MS = 3_000;
/** The same for one that says nothing; one of our own may have to recover first. */
const SILENT_MS = 10_000;
const RECOVERY_MS = 30_000;
const RETRY = { baseMs: 200, maxMs: 5_000 } as const;

export function beginAscent(options: AscentOptions): Ascent {
  const { config, log, signal } = options;
  const known = createKnownOnDisk(config.dataDir, log).read();
  const hasRunBefore = known !== undefined && known.workspaces.length > 0;
  const silentMs = config.databaseUrl === undefined ? RECOVERY_MS : SILENT_MS;
  const first = Promise.withResolvers<Running | undefined>();
  let reason = 'it has not answered yet';
  let isServedWithout = false;

  const serveWithout = () => {
    isServedWithout = true;
    first.resolve(undefined);
  };
  const reached = new AbortController();
  // An installation that has never run knows no key: nothing could be taken meanwhile.
  if (hasRunBefore || config.databaseUrl !== undefined) {
    const patience = AbortSignal.any([signal, reached.signal]);
    systemClock.sleep(silentMs, patience).then(serveWithout, () => undefined);
  }

  const climb = async (): Promise<Running> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const quiet = isServedWithout ? { onStep: undefined } : {};
        return await bringUp({ ...options, ...quiet, patienceMs: REFUSED_MS, onReached: () => reached.abort() });
      } catch (error) {
        signal.throwIfAborted();
        if (!isServedWithout && !isOutage(error, hasRunBefore)) throw error;
        reason = error instanceof Error ? error.message : String(error);
        const delayMs = backoffDelay(attempt, RETRY);
        log.error({ err: error, attempt, delayMs }, 'the database cannot be used; events go to the spool meanwhile');
        serveWithout();
        await systemClock.sleep(delayMs, signal);
      }
    }
  };

  const up = climb();
  up.then(first.resolve, first.reject);
  first.promise.catch(() => undefined);
  return { first: first.promise, up, reason: () => reason };
}

/**
 * Whether it is worth waiting for. What a person has to correct (a wrong password, a database that does not exist) ends
 * the first start; where it has worked before, events are taken meanwhile.
 */
function isOutage(error: unknown, hasRunBefore: boolean): boolean {
  const chain = [...causes(error)];
  if (chain.some(isNotReachableYet)) return true;
  return hasRunBefore && chain.some((cause) => isDatabaseAway(cause) || cause instanceof EmbeddedPostgresError);
}

function* causes(error: unknown): Generator<unknown> {
  for (let cause = error; cause !== undefined; cause = cause instanceof Error ? cause.cause : undefined) yield cause;
}
