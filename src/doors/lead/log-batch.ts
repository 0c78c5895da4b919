import type { Receipt } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import type { Ingest, Submission } from '#ingest/index.ts';
import { LIMITS, type SubmitContext, toSubmission } from './log-activity.ts';

export interface BatchOptions extends SubmitContext {
  /** Judge everything, store nothing. */
  readonly dryRun: boolean;
}

/** Judges each event of a batch alone: its receipt or the error of that one, in order. */
export async function logBatch(ingest: Ingest, body: unknown, options: BatchOptions): Promise<(Receipt | AppError)[]> {
  const take = options.dryRun ? ingest.check : ingest.accept;
  const judged = eventsOf(body).map((event) => attempt(() => toSubmission(event, options)));
  return Promise.all(judged.map((item) => (item instanceof AppError ? item : settled(take(item)))));
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

async function settled(receipt: Promise<Receipt>): Promise<Receipt | AppError> {
  try {
    return await receipt;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
