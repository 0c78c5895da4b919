import type { Receipt } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import type { Refusal, Submission } from '#ingest/index.ts';
import { LIMITS, type SubmitContext, toSubmission } from './log-activity.ts';
import { isKept, type LeadDoorDeps, refusalOfBody } from './quarantined.ts';
import { tally } from './tally.ts';

export interface BatchOptions extends SubmitContext {
  /** Judge everything, store nothing. */
  readonly dryRun: boolean;
}

type Result = Receipt | AppError;

/**
 * Judges each event of a batch alone: its receipt or the error of that one, in order. What is refused goes into quarantine.
 */
export async function logBatch(deps: LeadDoorDeps, body: unknown, options: BatchOptions): Promise<Result[]> {
  const { ingest } = deps;
  const take = options.dryRun ? ingest.check : ingest.accept;
  const events = eventsOf(body);
  const contexts = events.map((event, i) => contextOfEvent(event, i, options));
  const judged = events.map((event, i) => attempt(() => toSubmission(event, contexts[i] ?? options)));
  const results = await Promise.all(judged.map((item) => (item instanceof AppError ? item : settled(take(item)))));
  if (options.dryRun) return results;
  const final = await keepRefused(deps, events, results, contexts);
  for (const result of final) tally(deps.metrics?.tally, result);
  return final;
}

/** The same results, with the errors of events that are kept now saying so. */
async function keepRefused(
  { quarantine }: LeadDoorDeps,
  events: readonly unknown[],
  results: readonly Result[],
  contexts: readonly SubmitContext[],
): Promise<Result[]> {
  const refusals = new Map<number, Refusal>();
  for (const [i, result] of results.entries()) {
    const context = contexts[i];
    const refusal = context && isKept(result) ? refusalOfBody(events[i], context, result) : undefined;
    if (refusal) refusals.set(i, refusal);
  }
  if (refusals.size === 0) return [...results];
  const outcome = await settled(quarantine.keep([...refusals.values()]));
  const places = new Map([...refusals.keys()].map((i, place) => [i, place]));
  return results.map((result, i) => {
    const place = places.get(i);
    if (place === undefined || !(result instanceof AppError)) return result;
    // Not kept: the caller has to send it again, and only it.
    if (outcome instanceof AppError) return outcome;
    const kept = outcome[place];
    return kept ? result.inQuarantine(kept.id) : result;
  });
}

/** One key for a batch is a key for each of its places, so that a batch sent again is stored once; an event's own wins. */
function contextOfEvent(event: unknown, place: number, options: BatchOptions): SubmitContext {
  const { idempotencyKey } = options;
  const hasOwn = typeof event === 'object' && event !== null && 'idempotencyKey' in event;
  return {
    ...options,
    idempotencyKey: idempotencyKey === undefined || hasOwn ? undefined : `${idempotencyKey}:${place}`,
  };
}

function eventsOf(body: unknown): readonly unknown[] {
  const events = typeof body === 'object' && body !== null && 'events' in body ? body.events : undefined;
  if (!Array.isArray(events)) {
    throw new AppError('INVALID_INPUT', { issues: [{ path: 'events', message: 'must be a list of events' }] });
  }
  if (events.length > LIMITS.batchEvents) {
    const message = `must have at most ${LIMITS.batchEvents} events, not ${events.length}`;
    throw new AppError('TOO_LARGE', { issues: [{ path: 'events', message }] });
  }
  return events;
}

function attempt(work: () => Submission): Submission | AppError {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** Also what nobody foresaw is the answer of the one event alone: of a batch that failed whole, all would be sent again. */
async function settled<T>(promise: Promise<T>): Promise<T | AppError> {
  try {
    return await promise;
  } catch (error) {
    return error instanceof AppError ? error : new AppError('INTERNAL', { cause: error });
  }
}
