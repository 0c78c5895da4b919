'use client';

import { useSyncExternalStore } from 'react';
import { browserTimers } from '../live/browser-timers.ts';
import { probeServer, type ServerState } from './probe.ts';
import { ServerWatch } from './server-watch.ts';

/** A server that has not said anything by then is not there, in milliseconds. */
const PATIENCE_MS = 5_000;

let watch: ServerWatch | undefined;

function pageWatch(): ServerWatch {
  watch ??= openWatch();
  return watch;
}

function openWatch(): ServerWatch {
  const isOnline = () => navigator.onLine;
  const ask = () => fetch('/readyz', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
  const opened = new ServerWatch({
    probe: () => probeServer({ isOnline, ask }),
    timers: browserTimers,
    isVisible: () => document.visibilityState === 'visible',
  });
  for (const change of ['online', 'offline'] as const) addEventListener(change, () => void opened.look());
  document.addEventListener('visibilitychange', () => void opened.look());
  return opened;
}

/** Something failed in a way that may be the server's: looks whether it is. */
export function doubtServer(): void {
  void watch?.look();
}

const subscribe = (listener: () => void) => pageWatch().subscribe(listener);
const current = (): ServerState => pageWatch().state;
const onServer = (): ServerState => 'ok';

/** Whether the server and its database are there, looked at as long as somebody uses this. */
export function useServerState(): ServerState {
  return useSyncExternalStore(subscribe, current, onServer);
}
