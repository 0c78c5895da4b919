import type { Receipt } from '#domain/activity.ts';
import { builtInType, type Category } from '#domain/catalogue/index.ts';
import { AppError } from '#domain/errors.ts';
import type { Logger } from '#platform/log.ts';
import { logOne } from './log-one.ts';
import type { LeadDoorDeps } from './quarantined.ts';

/** What code of this application says about a lead: the fields of the interface, in its types. */
export interface LeadActivityInput {
  readonly eventType: string;
  /** Follows from the type; needed for one that the workspace registered. */
  readonly eventCategory?: Category;
  readonly leadId?: string;
  readonly leadAirtableId?: string;
  readonly leadEmail?: string;
  readonly leadPhone?: string;
  readonly description: string;
  readonly messageContent?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Such as `ui:campaign-enroll`. */
  readonly source: string;
  readonly executionId?: string;
  /** The id of the user who did it. */
  readonly createdBy?: string;
  readonly timestamp?: Date;
  readonly idempotencyKey?: string;
}

/**
 * Logs an event of a lead from inside this application. Resolves once it is durable, with its receipt; with undefined when
 * it was refused (it waits in quarantine then) or could not be kept, which is logged as an error. Never throws: logging
 * must not break what it tells of.
 *
 * For what happened already, whatever becomes of its log. A change of our own data is something else: it and its activity
 * are one transaction (crm/transact.ts), so that neither is ever there without the other.
 */
export type LogLeadActivity = (workspaceId: string, activity: LeadActivityInput) => Promise<Receipt | undefined>;

export function createLogLeadActivity(deps: LeadDoorDeps & { readonly log: Logger }): LogLeadActivity {
  return async (workspaceId, activity) => {
    try {
      const { timestamp, ...fields } = activity;
      const eventCategory = activity.eventCategory ?? builtInType(activity.eventType)?.category;
      const body = { ...fields, eventCategory, ...(timestamp && { timestamp: textOf(timestamp) }) };
      return await logOne(deps, body, { workspaceId, userId: undefined });
    } catch (error) {
      const { eventType, source } = activity;
      const quarantineId = error instanceof AppError ? error.quarantineId : undefined;
      deps.log.error(
        { err: error, workspaceId, eventType, source, quarantineId },
        'an event of this application was refused',
      );
      return undefined;
    }
  };
}

/** A date that is none is refused and kept, like any other wrong field. */
function textOf(date: Date): string {
  return Number.isNaN(date.getTime()) ? String(date) : date.toISOString();
}
