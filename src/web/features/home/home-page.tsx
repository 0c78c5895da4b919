'use client';

import { SimpleGrid, Stack } from '@mantine/core';
import { IconMoodSmile } from '@tabler/icons-react';
import { usePermission, useSession } from '../../session/session.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Nothing } from '../../ui/states.tsx';
import { DemoCard } from './demo-card.tsx';
import { LatestActivity } from './latest-activity.tsx';
import { LeadsCard } from './leads-card.tsx';

/** What is going on in the workspace, for whoever is signed in. */
export function HomePage() {
  const { workspace, user } = useSession();
  const mayReadActivities = usePermission('activity:read');
  const mayReadLeads = usePermission('leads:read');
  if (!workspace) {
    return (
      <Nothing
        icon={<IconMoodSmile size={26} stroke={1.5} aria-hidden />}
        title={<h1>Welcome, {user?.name}</h1>}
        description="You belong to no workspace yet. An administrator can add you to one."
      />
    );
  }
  return (
    <>
      <PageHeader title={workspace.name} lead="What is going on with your leads." />
      <Stack gap="md">
        {workspace.isDemo && <DemoCard />}
        {mayReadActivities && <LatestActivity />}
        {mayReadLeads && !mayReadActivities && (
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
            <LeadsCard title="Your leads" ownerId={user?.id} />
            <LeadsCard title="Recently active" />
          </SimpleGrid>
        )}
        {!mayReadLeads && (
          <Nothing
            icon={<IconMoodSmile size={26} stroke={1.5} aria-hidden />}
            title="Nothing to see here yet"
            description="Your role does not show the activities of this workspace."
          />
        )}
      </Stack>
    </>
  );
}
