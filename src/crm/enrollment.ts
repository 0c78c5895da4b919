import { AppError } from '#domain/errors.ts';
import { leadName } from '#domain/lead.ts';
import type { ActionReceipt } from '#domain/lead-view.ts';
import type { Principal } from '#domain/principal.ts';
import { actOnLead, type LeadInput } from './act-on-lead.ts';
import { byWhom } from './author.ts';
import { conflict, type LockedLead, toSummary } from './locked-lead.ts';
import type { CrmDeps, Tx } from './transact.ts';

export interface EnrollInput extends LeadInput {
  readonly campaignId: string;
}

export interface RemoveInput extends LeadInput {
  /** May be left out when the lead is in one campaign only. */
  readonly campaignId?: string | undefined;
}

/**
 * Puts a lead into a campaign. A lead may be in several, and may come back to one it left or completed.
 * @throws AppError NOT_FOUND, CONFLICT when it is in this campaign already or the campaign is archived
 */
export function enroll(deps: CrmDeps, principal: Principal, input: EnrollInput): Promise<ActionReceipt> {
  return actOnLead(deps, {
    principal,
    action: 'campaign-enroll',
    input,
    async change(tx, lead) {
      const campaign = await campaignOf(tx, principal.workspaceId, input.campaignId);
      if (campaign.archivedAt) throw conflict(`The campaign ${campaign.name} is archived and takes no more leads.`);
      const active = await tx.enrollment.findFirst({
        where: { leadId: lead.id, campaignId: campaign.id, state: 'active' },
        select: { id: true },
      });
      if (active) throw conflict(`${leadName(toSummary(lead))} is already enrolled in ${campaign.name}.`);
      await tx.enrollment.create({
        data: { leadId: lead.id, campaignId: campaign.id, enrolledAt: deps.clock.now() },
      });
      return {
        type: 'CAMPAIGN_ENROLLED',
        description: `Enrolled in campaign: ${campaign.name}`,
        metadata: { ...campaignMetadata(campaign), ...byWhom(principal, 'enrolled') },
      };
    },
  });
}

/**
 * Takes a lead out of a campaign.
 * @throws AppError NOT_FOUND, CONFLICT when it is in no such campaign, or in several and none was named
 */
export function removeFromCampaign(deps: CrmDeps, principal: Principal, input: RemoveInput): Promise<ActionReceipt> {
  return actOnLead(deps, {
    principal,
    action: 'campaign-remove',
    input,
    async change(tx, lead) {
      const enrollment = await activeEnrollment(tx, principal.workspaceId, lead, input.campaignId);
      await tx.enrollment.update({
        where: { id: enrollment.id },
        data: { state: 'removed', endedAt: deps.clock.now() },
      });
      return {
        type: 'CAMPAIGN_REMOVED',
        description: `Removed from campaign: ${enrollment.campaign.name}`,
        metadata: {
          ...campaignMetadata(enrollment.campaign),
          step: enrollment.step,
          ...byWhom(principal, 'removed'),
        },
      };
    },
  });
}

interface CampaignNames {
  readonly id: string;
  readonly name: string;
  readonly key: string;
}

export function campaignMetadata({ id, name, key }: CampaignNames) {
  return { campaign_id: id, campaign_name: name, campaign_key: key };
}

async function campaignOf(tx: Tx, workspaceId: string, id: string) {
  const campaign = await tx.campaign.findFirst({ where: { id, workspaceId } });
  if (!campaign) throw new AppError('NOT_FOUND', { message: 'There is no such campaign in this workspace.' });
  return campaign;
}

async function activeEnrollment(tx: Tx, workspaceId: string, lead: LockedLead, campaignId: string | undefined) {
  const campaign = campaignId === undefined ? undefined : await campaignOf(tx, workspaceId, campaignId);
  const active = await tx.enrollment.findMany({
    where: { leadId: lead.id, state: 'active', ...(campaign && { campaignId: campaign.id }) },
    include: { campaign: { select: { id: true, name: true, key: true } } },
    orderBy: { enrolledAt: 'asc' },
  });
  const [first, second] = active;
  const name = leadName(toSummary(lead));
  if (!first) throw conflict(campaign ? `${name} is not enrolled in ${campaign.name}.` : `${name} is in no campaign.`);
  if (second && !campaign) {
    const names = active.map((enrollment) => enrollment.campaign.name).join(', ');
    throw conflict(`${name} is in several campaigns (${names}). Say which one with campaignId.`);
  }
  return first;
}
