'use client';

import { SimpleGrid, Stack } from '@mantine/core';
import { usePermission } from '../../session/session.tsx';
import { LatestOfLead } from './latest-of-lead.tsx';
import { LeadCampaigns, type LeadCampaignsProps } from './lead-campaigns.tsx';
import { LeadDetails } from './lead-details.tsx';

interface LeadOverviewProps extends LeadCampaignsProps {
  /** Hears of every activity that arrives. */
  readonly onActivity: () => void;
}

/** Who a lead is, where it stands, what happened last. */
export function LeadOverview({ lead, actions, onActivity }: LeadOverviewProps) {
  const mayReadTimeline = usePermission('timeline:read');
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Stack gap="md">
        <LeadDetails lead={lead} />
        <LeadCampaigns lead={lead} actions={actions} />
      </Stack>
      {mayReadTimeline && <LatestOfLead leadId={lead.id} onActivity={onActivity} />}
    </SimpleGrid>
  );
}
