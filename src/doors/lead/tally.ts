import type { Receipt } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import type { EventOutcome, EventTally } from '#platform/metrics.ts';

/** Counts what became of an event. An addition for each, and nothing that has to be cleared away again. */
export function tally(counts: EventTally | undefined, result: Receipt | Error): void {
  if (!counts) return;
  const outcome = outcomeOf(result);
  counts.events[outcome] += 1;
  if (outcome === 'stored' || outcome === 'duplicate' || outcome === 'spooled') counts.acknowledgedAt = Date.now();
}

function outcomeOf(result: Receipt | Error): EventOutcome {
  if (!(result instanceof Error)) return result.status;
  if (!(result instanceof AppError) || result.status >= 500) return 'failed';
  return result.quarantineId === undefined ? 'refused' : 'quarantined';
}
