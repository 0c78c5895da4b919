import type { ActionReceipt } from '#domain/lead-view.ts';
import type { Principal } from '#domain/principal.ts';
import { type LockedLead, lockLead, refuseArchived } from './locked-lead.ts';
import { type Fact, perform } from './perform.ts';
import type { CrmDeps, Tx } from './transact.ts';

/** What every action on a lead is told. */
export interface LeadInput {
  readonly leadId: string;
  readonly idempotencyKey?: string | undefined;
}

export interface LeadAction<Input extends LeadInput> {
  readonly principal: Principal;
  readonly action: string;
  readonly input: Input;
  /** Set for the one action that an archived lead takes. */
  readonly evenArchived?: boolean;
  readonly change: (tx: Tx, lead: LockedLead) => Promise<Omit<Fact, 'leadId'>>;
}

/**
 * One change of one lead and its activity. @throws AppError NOT_FOUND, CONFLICT when the lead is archived or the change
 * does not fit, IDEMPOTENCY_CONFLICT
 */
export function actOnLead<Input extends LeadInput>(deps: CrmDeps, options: LeadAction<Input>): Promise<ActionReceipt> {
  const { principal, action, input, change } = options;
  const { idempotencyKey, ...body } = input;
  return perform(
    deps,
    { principal, action, body, idempotencyKey },
    {
      lock: (tx) => lockLead(tx, principal.workspaceId, input.leadId),
      async change(tx, lead) {
        if (!options.evenArchived) refuseArchived(lead);
        return { ...(await change(tx, lead)), leadId: lead.id };
      },
    },
  );
}
