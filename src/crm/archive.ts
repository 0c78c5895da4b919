import { leadName } from '#domain/lead.ts';
import type { ActionReceipt } from '#domain/lead-view.ts';
import type { Principal } from '#domain/principal.ts';
import { actOnLead, type LeadInput } from './act-on-lead.ts';
import { byWhom } from './author.ts';
import { conflict, toSummary } from './locked-lead.ts';
import type { CrmDeps } from './transact.ts';

/**
 * Puts a lead out of sight. Nothing of it goes: its history stays readable, events still attach to it by its ids, and
 * it can be restored. @throws AppError NOT_FOUND, CONFLICT when it is archived already
 */
export function archiveLead(deps: CrmDeps, principal: Principal, input: LeadInput): Promise<ActionReceipt> {
  return actOnLead(deps, {
    principal,
    action: 'lead-archive',
    input,
    async change(tx, lead) {
      const archivedAt = deps.clock.now();
      await tx.lead.update({ where: { id: lead.id }, data: { archivedAt }, select: { id: true } });
      return {
        type: 'lead.archived',
        description: `Archived: ${leadName(toSummary(lead))}`,
        metadata: byWhom(principal, 'archived'),
      };
    },
  });
}

/** Brings an archived lead back. @throws AppError NOT_FOUND, CONFLICT when it is not archived */
export function restoreLead(deps: CrmDeps, principal: Principal, input: LeadInput): Promise<ActionReceipt> {
  return actOnLead(deps, {
    principal,
    action: 'lead-restore',
    input,
    evenArchived: true,
    async change(tx, lead) {
      const name = leadName(toSummary(lead));
      if (!lead.archivedAt) throw conflict(`${name} is not archived.`);
      await tx.lead.update({ where: { id: lead.id }, data: { archivedAt: null }, select: { id: true } });
      return {
        type: 'lead.restored',
        description: `Restored: ${name}`,
        metadata: byWhom(principal, 'restored'),
      };
    },
  });
}
