import { AppError } from '#domain/errors.ts';
import { leadName } from '#domain/lead.ts';
import type { ActionReceipt, PersonView } from '#domain/lead-view.ts';
import type { Principal } from '#domain/principal.ts';
import { actOnLead, type LeadInput } from './act-on-lead.ts';
import { byWhom } from './author.ts';
import { conflict, toSummary } from './locked-lead.ts';
import { findOwner, ownersByEmail, PERSON } from './people.ts';
import type { CrmDeps, Tx } from './transact.ts';

export interface ClaimInput extends LeadInput {
  /** For a service: the member who claims, by e-mail. A person claims for himself. */
  readonly email?: string | undefined;
}

export interface AssignInput extends LeadInput {
  /** Who shall own the lead; null for nobody. */
  readonly userId: string | null;
}

/**
 * Takes a lead that nobody owns.
 * @throws AppError NOT_FOUND, CONFLICT naming who has it, INVALID_INPUT when a service names no member
 */
export function claimLead(deps: CrmDeps, principal: Principal, input: ClaimInput): Promise<ActionReceipt> {
  return actOnLead(deps, {
    principal,
    action: 'lead-claim',
    input,
    async change(tx, lead) {
      const claimer = await claimerOf(tx, principal, input.email);
      if (lead.ownerId !== null) {
        const owner = await personOf(tx, lead.ownerId);
        throw conflict(`${leadName(toSummary(lead))} is already claimed by ${nameOf(owner)}.`);
      }
      await setOwner(tx, lead.id, claimer.id, deps.clock.now());
      return ownerChange(null, claimer, `Claimed by ${nameOf(claimer)}`);
    },
  });
}

/**
 * Gives a lead to a member, whoever owns it now, or to nobody.
 * @throws AppError NOT_FOUND, INVALID_INPUT when the person cannot own leads here, CONFLICT when nothing would change
 */
export function assignLead(deps: CrmDeps, principal: Principal, input: AssignInput): Promise<ActionReceipt> {
  return actOnLead(deps, {
    principal,
    action: 'lead-assign',
    input,
    async change(tx, lead) {
      const from = lead.ownerId === null ? null : await personOf(tx, lead.ownerId);
      const to = input.userId === null ? null : await assigneeOf(tx, principal.workspaceId, input.userId);
      if (lead.ownerId === (to?.id ?? null)) {
        throw conflict(`${leadName(toSummary(lead))} is already ${to ? `assigned to ${nameOf(to)}` : 'nobody’s'}.`);
      }
      await setOwner(tx, lead.id, to?.id ?? null, deps.clock.now());
      const by = byWhom(principal, 'assigned');
      return to
        ? ownerChange(from, to, `Assigned to ${nameOf(to)}`, by)
        : {
            type: 'lead.released',
            description: `Released by ${nameOf(from)}`,
            metadata: { ...fromTo(from, null), ...by },
          };
    },
  });
}

/** A lead got an owner: the seed's LEAD_CLAIMED, whoever made it happen. */
export function ownerChange(
  from: PersonView | null,
  to: PersonView,
  description: string,
  more: Readonly<Record<string, unknown>> = {},
) {
  const metadata = { ...fromTo(from, to), claimed_by_user_id: to.id, claimed_by_email: to.email, ...more };
  return { type: 'LEAD_CLAIMED', description, metadata };
}

function fromTo(from: PersonView | null, to: PersonView | null) {
  return { from: from?.email ?? null, to: to?.email ?? null };
}

export function nameOf(person: PersonView | null | undefined): string {
  return person?.name || person?.email || 'somebody who left';
}

async function setOwner(tx: Tx, leadId: string, ownerId: string | null, now: Date): Promise<void> {
  const data = { ownerId, claimedAt: ownerId === null ? null : now };
  await tx.lead.update({ where: { id: leadId }, data, select: { id: true } });
}

async function personOf(tx: Tx, id: string): Promise<PersonView | null> {
  return tx.user.findUnique({ where: { id }, select: PERSON });
}

async function claimerOf(tx: Tx, principal: Principal, email: string | undefined): Promise<PersonView> {
  if (principal.kind === 'user') return { id: principal.userId, name: principal.name, email: principal.email };
  const member = (await ownersByEmail(tx, principal.workspaceId, [email ?? ''])).get((email ?? '').toLowerCase());
  if (member) return member;
  const message = 'a service claims for a member of the workspace: send the e-mail of an administrator or PM';
  throw new AppError('INVALID_INPUT', { issues: [{ path: 'email', message }] });
}

async function assigneeOf(tx: Tx, workspaceId: string, userId: string): Promise<PersonView> {
  const owner = await findOwner(tx, workspaceId, userId);
  if (owner) return owner;
  const message = 'must be an administrator or PM of this workspace';
  throw new AppError('INVALID_INPUT', { issues: [{ path: 'userId', message }] });
}
