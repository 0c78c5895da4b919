'use client';

import { Button } from '@mantine/core';
import type { CampaignView } from '#domain/lead-view.ts';
import { trpc } from '../../trpc/client.ts';
import { toastDone, toastError } from '../../ui/toast.ts';
import { toastUndo } from '../../ui/undo-toast.tsx';

/** Archives a campaign, or brings it back. Leads that are in it stay; it takes no more. */
export function ArchiveCampaign({ campaign }: { readonly campaign: CampaignView }) {
  const { id, name } = campaign;
  const utils = trpc.useUtils();
  const update = trpc.campaigns.update.useMutation({
    onError: (error) => toastError(`${name} was not changed`, error),
    onSettled: () => void utils.campaigns.list.invalidate(),
  });
  const archive = () =>
    update.mutate(
      { id, archived: true },
      { onSuccess: () => toastUndo(`${name} is archived`, () => update.mutate({ id, archived: false })) },
    );
  const restore = () =>
    update.mutate({ id, archived: false }, { onSuccess: () => toastDone(`${name} takes leads again`) });
  const isArchived = campaign.archivedAt !== null;
  return (
    <Button
      size="compact-sm"
      variant="default"
      onClick={isArchived ? restore : archive}
      loading={update.isPending}
      aria-label={`${isArchived ? 'Restore' : 'Archive'} ${name}`}
    >
      {isArchived ? 'Restore' : 'Archive'}
    </Button>
  );
}
