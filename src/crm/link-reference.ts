import { leadName } from '#domain/lead.ts';
import type { ActionReceipt } from '#domain/lead-view.ts';
import type { Principal } from '#domain/principal.ts';
import { actOnLead, type LeadInput } from './act-on-lead.ts';
import { byWhom } from './author.ts';
import { conflict, toSummary } from './locked-lead.ts';
import { type CrmDeps, runIn } from './transact.ts';
import { identification } from './upsert/apply-item.ts';
import { gainedKeys, touchLeads } from './upsert/store.ts';

export interface LinkInput extends LeadInput {
  /** The subject key that is this lead's from now on, such as airtable:recA. */
  readonly reference: string;
}

const OPEN_SQL = 'SELECT open_lead_identity($1::uuid, $2, $3::uuid)::text';

/**
 * Says that a reference nobody had is this lead's, beside its own fields: what came under it, and comes later, is in its
 * history. No fact changes. @throws AppError NOT_FOUND, CONFLICT when it is archived or the reference has a lead
 */
export function linkReference(deps: CrmDeps, principal: Principal, input: LinkInput): Promise<ActionReceipt> {
  return actOnLead(deps, {
    principal,
    action: 'lead-link',
    input,
    async change(tx, lead) {
      const name = leadName(toSummary(lead));
      await runIn(tx)(OPEN_SQL, [principal.workspaceId, input.reference, lead.id]);
      const [gained] = await gainedKeys(tx, [lead.id]);
      if (!gained) throw conflict(`${input.reference} belongs to a lead already.`);
      if (gained.latest) await touchLeads(tx, new Map([[lead.id, gained.latest]]));
      const { metadata, ...fact } = identification(name, [input.reference], gained.waiting, false);
      return { ...fact, metadata: { ...metadata, ...byWhom(principal, 'linked') } };
    },
  });
}
