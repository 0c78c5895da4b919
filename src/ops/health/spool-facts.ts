import type { FallbackState, Ingest, SpoolStats } from '#ingest/index.ts';

export interface Spool {
  stats(): SpoolStats;
}

const NOT_DRAINING = { draining: false, rate: 0, drained: 0, refused: 0, dropped: 0 };

/** What waits on this machine's disk, and how it gets out of there. */
export function spoolOf(sources: {
  readonly ingest: Pick<Ingest, 'fallback'>;
  readonly spool: Spool;
}): FallbackState['spool'] {
  return sources.ingest.fallback()?.spool ?? { ...sources.spool.stats(), ...NOT_DRAINING };
}
