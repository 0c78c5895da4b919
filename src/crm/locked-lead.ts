import { AppError } from '#domain/errors.ts';
import { leadName } from '#domain/lead.ts';
import type { Tx } from './transact.ts';

/** A lead as it is while nobody else can change it. */
export interface LockedLead {
  readonly id: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
  readonly status: string;
  readonly ownerId: string | null;
  readonly archivedAt: Date | null;
}

const LOCK_LEAD = `
  SELECT id, first_name AS "firstName", last_name AS "lastName", email, status, owner_id AS "ownerId",
         archived_at AS "archivedAt"
    FROM leads WHERE workspace_id = $1::uuid AND id = $2::uuid FOR NO KEY UPDATE`;

/** Locks one lead until the end of the transaction. @throws AppError NOT_FOUND, also for another workspace's lead */
export async function lockLead(tx: Tx, workspaceId: string, leadId: string): Promise<LockedLead> {
  const [lead] = await tx.$queryRawUnsafe<LockedLead[]>(LOCK_LEAD, workspaceId, leadId);
  if (!lead) throw noSuchLead();
  return lead;
}

export function noSuchLead(): AppError {
  return new AppError('NOT_FOUND', { message: 'There is no such lead in this workspace.' });
}

export function conflict(message: string): AppError {
  return new AppError('CONFLICT', { message });
}

/** @throws AppError CONFLICT when the lead is archived: its record stands still until it is restored */
export function refuseArchived(lead: LockedLead): void {
  if (lead.archivedAt) throw conflict(`${leadName(toSummary(lead))} is archived. Restore the lead first.`);
}

export function toSummary({ id, firstName, lastName, email }: LockedLead) {
  return { id, firstName, lastName, email };
}
