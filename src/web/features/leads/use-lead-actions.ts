'use client';

import type { LeadView, PersonView } from '#domain/lead-view.ts';
import { trpc } from '../../trpc/client.ts';
import { toastDone, toastError } from '../../ui/toast.ts';
import { toastUndo } from '../../ui/undo-toast.tsx';

/**
 * What a person can do to a lead. Each change shows at once where that is safe, is taken back when the server refuses
 * it (with its sentence), and can be undone for a while where undoing makes sense.
 */
export function useLeadActions(lead: LeadView) {
  const { id: leadId } = lead;
  const utils = trpc.useUtils();
  const patch = (change: Partial<LeadView>) => {
    const before = utils.leads.byId.getData({ id: leadId });
    if (before) utils.leads.byId.setData({ id: leadId }, { ...before, ...change });
    return before;
  };
  const refresh = () => {
    void utils.leads.byId.invalidate({ id: leadId });
    void utils.leads.list.invalidate();
  };
  const failed = (title: string) => (error: unknown) => {
    toastError(title, error);
  };

  const status = trpc.leads.setStatus.useMutation({
    onMutate: ({ status: to }) => patch({ status: to }),
    onError: (error, _input, before) => {
      if (before) patch({ status: before.status });
      failed('The status was not changed')(error);
    },
    onSettled: refresh,
  });
  const enroll = trpc.leads.enroll.useMutation({ onError: failed('Not enrolled'), onSettled: refresh });
  const remove = trpc.leads.removeFromCampaign.useMutation({
    onError: failed('Not removed from the campaign'),
    onSettled: refresh,
  });
  const claim = trpc.leads.claim.useMutation({ onError: failed('Not claimed'), onSettled: refresh });
  const assign = trpc.leads.assign.useMutation({
    onError: failed('The owner was not changed'),
    onSettled: refresh,
  });
  const archive = trpc.leads.archive.useMutation({ onError: failed('Not archived'), onSettled: refresh });
  const restore = trpc.leads.restore.useMutation({ onError: failed('Not restored'), onSettled: refresh });

  const assignTo = (person: PersonView | null) => {
    const before = lead.owner?.id ?? null;
    assign.mutate(
      { leadId, userId: person?.id ?? null },
      {
        onSuccess: () =>
          toastUndo(person ? `Assigned to ${person.name}` : 'Nobody owns this lead now', () =>
            assign.mutate({ leadId, userId: before }),
          ),
      },
    );
  };

  return {
    setStatus: (to: string) => {
      const from = lead.status;
      status.mutate(
        { leadId, status: to },
        { onSuccess: () => toastUndo(`Status changed to ${to}`, () => status.mutate({ leadId, status: from })) },
      );
    },
    enroll: (campaign: { readonly id: string; readonly name: string }) =>
      enroll.mutate(
        { leadId, campaignId: campaign.id },
        {
          onSuccess: () =>
            toastUndo(`Enrolled in ${campaign.name}`, () => remove.mutate({ leadId, campaignId: campaign.id })),
        },
      ),
    remove: (campaign: { readonly id: string; readonly name: string }) =>
      remove.mutate(
        { leadId, campaignId: campaign.id },
        {
          onSuccess: () =>
            toastUndo(`Removed from ${campaign.name}`, () => enroll.mutate({ leadId, campaignId: campaign.id })),
        },
      ),
    claim: () => claim.mutate({ leadId }, { onSuccess: () => toastDone('The lead is yours') }),
    assign: assignTo,
    archive: () =>
      archive.mutate({ leadId }, { onSuccess: () => toastUndo('Archived', () => restore.mutate({ leadId })) }),
    restore: () => restore.mutate({ leadId }, { onSuccess: () => toastDone('Restored') }),
    pending: {
      status: status.isPending,
      campaign: enroll.isPending || remove.isPending,
      owner: claim.isPending || assign.isPending,
      archive: archive.isPending || restore.isPending,
    },
  };
}

export type LeadActions = ReturnType<typeof useLeadActions>;
