import pg from 'pg';
import { z } from 'zod';
import { backoffDelay, NETWORK_BACKOFF } from '../backoff.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { Logger } from '../log.ts';
import { createService, type Service } from '../service.ts';
import type { RunSql } from './append.ts';
import { clientConfig, type PoolOptions } from './pool.ts';

const CHANNEL = 'historybook_access';

export const SIGNAL_KINDS = ['key', 'session', 'member', 'type', 'workspace'] as const;
export type SignalKind = (typeof SIGNAL_KINDS)[number];

/** Something that every process keeps in memory has changed: look it up again. */
export interface Signal {
  readonly kind: SignalKind;
  /** Of the key, session, person (kind `member`), type or workspace. */
  readonly id: string;
  /** Undefined when it concerns every workspace. */
  readonly workspaceId?: string | undefined;
  /** It was taken away for good: drop it without looking. */
  readonly ended?: boolean | undefined;
}

const signalSchema = z.object({
  kind: z.enum(SIGNAL_KINDS),
  id: z.string(),
  workspaceId: z.string().optional(),
  ended: z.boolean().optional(),
}) satisfies z.ZodType<Signal>;

/**
 * Changes of rights, told to every process. Unlike the wake-up for activities a signal is sent inside the transaction
 * that makes the change, so that one is never without the other; such changes are rare, and its payload is small.
 * While the listening connection is away signals are missed: `onGap` says so once it is back.
 */
export interface Signals {
  /** Sends with the transaction that `run` runs in: other processes hear of it when that commits. */
  publish(run: RunSql, signals: readonly Signal[]): Promise<void>;
  /** Tells this process now; to be called after the commit. The echo that arrives by the database does no harm. */
  deliver(signals: readonly Signal[]): void;
  /** Calls `listener` for each signal of that kind, possibly twice for one; gives the way to stop. */
  subscribe(kind: SignalKind, listener: (signal: Signal) => void): () => void;
  /** Calls `listener` when signals may have been missed: whatever is remembered has to be read again. */
  onGap(listener: () => void): () => void;
}

export interface SignalsDeps {
  /** How to reach the database for the connection that LISTENs. */
  readonly connection: PoolOptions;
  readonly log: Logger;
  readonly clock?: Clock;
}

const PUBLISH_SQL = 'SELECT pg_notify($1, payload)::text FROM unnest($2::text[]) AS payload';

export function createSignals({ connection, log, clock = systemClock }: SignalsDeps): Signals & Service {
  const listeners = new Map<SignalKind, Set<(signal: Signal) => void>>();
  const gapListeners = new Set<() => void>();

  const deliver = (signals: readonly Signal[]) => {
    for (const signal of signals) {
      for (const listener of listeners.get(signal.kind) ?? []) listener(signal);
    }
  };

  const receive = (payload: string | undefined) => {
    const signal = parseSignal(payload);
    if (signal) deliver([signal]);
    else log.warn({ channel: CHANNEL }, 'ignored a signal that is none of ours');
  };

  /** One connection's life. Resolves when it is lost or `signal` aborts. */
  const listenOnce = async (signal: AbortSignal, onReady: () => void) => {
    const client = new pg.Client(clientConfig({ ...connection, idleInTransactionTimeoutMs: 0 }));
    const lost = new Promise<void>((resolve) => {
      client.on('error', () => resolve());
      client.on('end', () => resolve());
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    client.on('notification', (message) => receive(message.payload));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      onReady();
      await lost;
    } finally {
      await client.end().catch(() => undefined);
    }
  };

  const listenForever = async (signal: AbortSignal, onFirst: () => void) => {
    let attempt = 0;
    let hasListened = false;
    const onReady = () => {
      attempt = 0;
      if (hasListened) for (const listener of gapListeners) listener();
      hasListened = true;
      onFirst();
    };
    while (!signal.aborted) {
      await listenOnce(signal, onReady).catch((error) => {
        log.warn({ err: error }, 'cannot listen for changes of rights; trying again');
      });
      attempt += 1;
      await clock.sleep(backoffDelay(attempt, NETWORK_BACKOFF), signal).catch(() => undefined);
    }
  };

  const service = createService({
    name: 'signals',
    /** Up once the connection listens: what was read after that cannot be stale unnoticed. */
    async start(signal) {
      const stopped = new AbortController();
      const abort = AbortSignal.any([signal, stopped.signal]);
      const ready = Promise.withResolvers<void>();
      const done = listenForever(abort, ready.resolve);
      await Promise.race([ready.promise, done]);
      return async () => {
        stopped.abort();
        await done;
      };
    },
  });

  return {
    name: service.name,
    start: service.start,
    stop: service.stop,
    deliver,
    async publish(run, signals) {
      if (signals.length > 0) await run(PUBLISH_SQL, [CHANNEL, signals.map((signal) => JSON.stringify(signal))]);
    },
    subscribe(kind, listener) {
      const set = listeners.get(kind) ?? new Set();
      listeners.set(kind, set.add(listener));
      return () => set.delete(listener);
    },
    onGap(listener) {
      gapListeners.add(listener);
      return () => gapListeners.delete(listener);
    },
  };
}

function parseSignal(payload: string | undefined): Signal | undefined {
  try {
    return signalSchema.safeParse(JSON.parse(payload ?? '')).data;
  } catch {
    return undefined;
  }
}
