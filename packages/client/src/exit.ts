import type { HistorybookOptions } from './options.ts';

/** What a client does when its process ends. */
export interface Leaving {
  /** Sends what waits, as long as that takes or may take. */
  flush(): Promise<unknown>;
  /** Saves what is in memory alone, without waiting for anything. */
  save(): void;
  readonly hasWaiting: boolean;
}

type Signal = NonNullable<HistorybookOptions['flushOnSignals']>[number];

const leaving = new Set<Leaving>();

/**
 * Has a client flushed when the process has nothing else to do, and saved when it ends by process.exit() or an exception.
 * However many clients there are, the process gets one listener for each. Gives what takes it back.
 */
export function onExit(client: Leaving): () => void {
  if (leaving.size === 0) process.on('beforeExit', flushAll).on('exit', saveAll);
  leaving.add(client);
  return () => {
    leaving.delete(client);
    if (leaving.size === 0) process.off('beforeExit', flushAll).off('exit', saveAll);
  };
}

const tried = new WeakSet<Leaving>();

/** Node asks again when this has kept it alive; what could not be sent the first time is left to the spool. */
function flushAll(): void {
  for (const client of leaving) {
    if (!client.hasWaiting || tried.has(client)) continue;
    tried.add(client);
    void client.flush();
  }
}

function saveAll(): void {
  for (const client of leaving) client.save();
}

/** The clients that are to be flushed on a signal. */
const signalled = new Map<NodeJS.Signals, Set<Leaving>>();

/**
 * Flushes a client on signals. The program's own listeners stay in charge of what becomes of the process; only when there
 * are none, the signal is sent again and does what it does without us. However many clients there are, the process gets
 * one listener for each signal: two must not take each other for the program. Gives what takes it back.
 */
export function onSignals(signals: readonly Signal[], client: Leaving): () => void {
  for (const signal of signals) {
    const clients = signalled.get(signal) ?? new Set();
    if (clients.size === 0) process.on(signal, flushAndEnd);
    signalled.set(signal, clients.add(client));
  }
  return () => {
    for (const signal of signals) {
      const clients = signalled.get(signal);
      if (clients?.delete(client) && clients.size === 0) process.off(signal, flushAndEnd);
    }
  };
}

function flushAndEnd(signal: NodeJS.Signals): void {
  const isOnly = process.listenerCount(signal) === 1;
  const flushes = Array.from(signalled.get(signal) ?? [], (client) => client.flush());
  void Promise.allSettled(flushes).then(() => {
    if (!isOnly) return;
    process.off(signal, flushAndEnd);
    // Who ends by a signal is not told that it ends.
    saveAll();
    process.kill(process.pid, signal);
  });
}
