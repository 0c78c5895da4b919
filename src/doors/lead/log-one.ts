import type { Receipt } from '#domain/activity.ts';
import { type SubmitContext, toSubmission } from './log-activity.ts';
import { isKept, type LeadDoorDeps, refusalOfBody } from './quarantined.ts';
import { tally } from './tally.ts';

/**
 * Takes one event. Resolves once it is durable.
 * @throws AppError when it is refused, after it was put into quarantine; UNAVAILABLE when not even that could be done
 */
export async function logOne(deps: LeadDoorDeps, body: unknown, context: SubmitContext): Promise<Receipt> {
  try {
    const receipt = await takeOrKeep(deps, body, context);
    tally(deps.metrics?.tally, receipt);
    return receipt;
  } catch (error) {
    tally(deps.metrics?.tally, error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

async function takeOrKeep(deps: LeadDoorDeps, body: unknown, context: SubmitContext): Promise<Receipt> {
  try {
    return await deps.ingest.accept(toSubmission(body, context));
  } catch (error) {
    const refusal = isKept(error) ? refusalOfBody(body, context, error) : undefined;
    if (!refusal) throw error;
    const [kept] = await deps.quarantine.keep([refusal]);
    throw kept ? refusal.error.inQuarantine(kept.id) : error;
  }
}
