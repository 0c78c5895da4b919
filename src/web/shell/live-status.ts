'use client';

import { useEffect, useSyncExternalStore } from 'react';

/**
 * How what is on the page is kept current: `live` by the stream, `fallback` by asking every 30 seconds because the
 * stream is cut, `paused` because the person paused it.
 */
export type LiveStatus = 'connecting' | 'live' | 'fallback' | 'paused';

const reports = new Map<symbol, LiveStatus>();
const listeners = new Set<() => void>();

/** With several feeds on a page, the light shows the one that is worst off. */
const WORST_FIRST: readonly LiveStatus[] = ['fallback', 'connecting', 'paused', 'live'];

function publish(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function worst(): LiveStatus | undefined {
  const present = new Set(reports.values());
  return WORST_FIRST.find((status) => present.has(status));
}

const onServer = (): undefined => undefined;

/** What the light in the header shows; undefined while no feed is open. */
export function useLiveStatus(): LiveStatus | undefined {
  return useSyncExternalStore(subscribe, worst, onServer);
}

/** Tells the light in the header about one feed, as long as it is open. */
export function useReportLive(status: LiveStatus | undefined): void {
  useEffect(() => {
    if (status === undefined) return;
    const id = Symbol('feed');
    reports.set(id, status);
    publish();
    return () => {
      reports.delete(id);
      publish();
    };
  }, [status]);
}
