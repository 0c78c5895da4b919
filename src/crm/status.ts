import { AppError } from '#domain/errors.ts';
import { leadName } from '#domain/lead.ts';
import { LEAD_STATUSES, leadStatus } from '#domain/lead-status.ts';
import type { ActionReceipt } from '#domain/lead-view.ts';
import type { Principal } from '#domain/principal.ts';
import type { PrismaClient } from '#platform/db/prisma.ts';
import { actOnLead, type LeadInput } from './act-on-lead.ts';
import { byWhom } from './author.ts';
import { conflict, toSummary } from './locked-lead.ts';
import type { CrmDeps, Tx } from './transact.ts';

export interface StatusInput extends LeadInput {
  readonly status: string;
}

/**
 * Changes a lead's status to one of the list, or to one that a sync brought into this workspace.
 * @throws AppError NOT_FOUND, INVALID_INPUT for an unknown status, CONFLICT when the lead has it already
 */
export function changeStatus(deps: CrmDeps, principal: Principal, input: StatusInput): Promise<ActionReceipt> {
  return actOnLead(deps, {
    principal,
    action: 'status-change',
    input,
    async change(tx, lead) {
      const to = await knownStatus(tx, principal.workspaceId, input.status);
      if (to === lead.status) throw conflict(`${leadName(toSummary(lead))} has the status ${to} already.`);
      await tx.lead.update({ where: { id: lead.id }, data: { status: to }, select: { id: true } });
      return statusChange(lead.status, to, byWhom(principal, 'changed'));
    },
  });
}

export function statusChange(from: string, to: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    type: 'STATUS_CHANGED',
    description: `Status changed from ${from} to ${to}`,
    metadata: { from, to, ...more },
  };
}

/** The fixed list, then the other statuses that leads of this workspace have, by name. */
export async function leadStatuses(prisma: PrismaClient | Tx, workspaceId: string): Promise<string[]> {
  const used = await prisma.lead.groupBy({ by: ['status'], where: { workspaceId } });
  const known: readonly string[] = LEAD_STATUSES;
  const others = used.map(({ status }) => status).filter((status) => !known.includes(status));
  return [...known, ...others.sort()];
}

async function knownStatus(tx: Tx, workspaceId: string, text: string): Promise<string> {
  const status = leadStatus(text);
  const listed: readonly string[] = LEAD_STATUSES;
  if (listed.includes(status)) return status;
  const used = await tx.lead.findFirst({ where: { workspaceId, status }, select: { id: true } });
  if (used) return status;
  const message = `must be one of ${LEAD_STATUSES.join(', ')}, or a status that a lead here has already`;
  throw new AppError('INVALID_INPUT', { issues: [{ path: 'status', message }] });
}
