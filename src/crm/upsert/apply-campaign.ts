import { uuidv7 } from '#domain/ids.ts';
import { campaignMetadata } from '../enrollment.ts';
import type { Fact } from '../perform.ts';
import type { LeadItem } from './item.ts';
import type { CampaignRef, EnrollmentDraft, LeadDraft } from './lead-draft.ts';

interface Applied {
  readonly changed: boolean;
  readonly facts: readonly Fact[];
}

/**
 * Follows the one campaign a sync knows of. Another campaign than the lead's latest moves it there; the same campaign
 * again never enrols it twice, nor anew after it completed it or was removed from it. Null ends every enrolment.
 */
export function applyCampaign(
  draft: LeadDraft,
  item: LeadItem,
  campaign: CampaignRef | null | undefined,
  now: Date,
): Applied {
  const facts: Fact[] = [];
  const active = draft.enrollments.filter((enrollment) => enrollment.state === 'active');
  let target = campaign ? active.find((enrollment) => enrollment.campaign.id === campaign.id) : undefined;
  if (campaign === undefined && active.length === 1) target = active[0];

  const moves = campaign && !target && draft.enrollments[0]?.campaign.id !== campaign.id;
  if (moves || campaign === null) {
    for (const enrollment of active) {
      end(enrollment, 'removed', now);
      const reason = campaign ? `moved to ${campaign.name}` : 'campaign cleared';
      facts.push(removal(enrollment, reason));
    }
  }
  if (moves) {
    target = newEnrollment(campaign, now);
    draft.enrollments = [target, ...draft.enrollments];
    facts.push({
      type: 'CAMPAIGN_ENROLLED',
      description: `Enrolled in campaign: ${campaign.name}`,
      metadata: campaignMetadata(campaign),
    });
  }
  const stepped = target !== undefined && item.campaignStep !== undefined && reachStep(target, item.campaignStep ?? 0);
  if (target && item.campaignStep !== undefined && isFinished(target)) {
    end(target, 'completed', now);
    facts.push({
      type: 'CAMPAIGN_COMPLETED',
      description: `Completed campaign: ${target.campaign.name}`,
      metadata: { ...campaignMetadata(target.campaign), step: target.step },
    });
  }
  return { changed: facts.length > 0 || stepped, facts };
}

function removal({ campaign, step }: EnrollmentDraft, reason: string): Fact {
  return {
    type: 'CAMPAIGN_REMOVED',
    description: `Removed from campaign: ${campaign.name}`,
    metadata: { ...campaignMetadata(campaign), step, reason },
  };
}

function newEnrollment(campaign: CampaignRef, now: Date): EnrollmentDraft {
  const id = uuidv7(now.getTime());
  return { id, campaign, enrolledAt: now, isNew: true, isDirty: true, step: 0, state: 'active', endedAt: null };
}

function end(enrollment: EnrollmentDraft, state: 'removed' | 'completed', now: Date): void {
  enrollment.state = state;
  enrollment.endedAt = now;
  enrollment.isDirty = true;
}

function reachStep(enrollment: EnrollmentDraft, step: number): boolean {
  if (enrollment.step === step) return false;
  enrollment.step = step;
  enrollment.isDirty = true;
  return true;
}

function isFinished({ campaign, step }: EnrollmentDraft): boolean {
  return campaign.steps > 0 && step >= campaign.steps;
}
