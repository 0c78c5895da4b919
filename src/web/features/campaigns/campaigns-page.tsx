'use client';

import { Anchor, Badge, Button, Code, Group, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconSpeakerphone } from '@tabler/icons-react';
import { useState } from 'react';
import type { CampaignView } from '#domain/lead-view.ts';
import { usePermission } from '../../session/session.tsx';
import { trpc } from '../../trpc/client.ts';
import { AppLink } from '../../ui/app-link.tsx';
import { Foreign } from '../../ui/foreign.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { NoPermission, Nothing } from '../../ui/states.tsx';
import { roomy, TablePaper } from '../../ui/table-paper.tsx';
import { ArchiveCampaign } from './archive-campaign.tsx';
import { CampaignDialog } from './campaign-dialog.tsx';

/** What leads can be enrolled in. */
export function CampaignsPage() {
  return usePermission('leads:read') ? <Campaigns /> : <NoPermission what="campaigns" />;
}

function Campaigns() {
  const mayWrite = usePermission('leads:write');
  const campaigns = trpc.campaigns.list.useQuery();
  const [opened, dialog] = useDisclosure();
  const [editing, setEditing] = useState<CampaignView>();
  const edit = (campaign: CampaignView | undefined) => {
    setEditing(campaign);
    dialog.open();
  };
  return (
    <>
      <PageHeader
        title="Campaigns"
        lead="What leads are enrolled in, and how many are now."
        actions={
          mayWrite && (
            <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => edit(undefined)}>
              Create campaign
            </Button>
          )
        }
      />
      <TablePaper
        query={campaigns}
        what="the campaigns"
        columns={['Name', { label: 'Key', roomy: true }, { label: 'Steps', roomy: true }, 'Enrolled', null]}
        empty={
          <Nothing
            icon={<IconSpeakerphone size={26} stroke={1.5} aria-hidden />}
            title="No campaigns yet"
            description="A campaign is what leads are enrolled in: a name, and steps. The sync brings those of its leads by itself."
          >
            {mayWrite && <Button onClick={() => edit(undefined)}>Create the first campaign</Button>}
          </Nothing>
        }
        row={(campaign) => (
          <Table.Tr key={campaign.id}>
            <Table.Td>
              <Group gap={8}>
                <Text fw={530} component="div">
                  <Foreign text={campaign.name} lines={2} cell />
                </Text>
                {campaign.archivedAt && (
                  <Badge variant="default" size="sm" tt="none" fw={550}>
                    Archived
                  </Badge>
                )}
              </Group>
            </Table.Td>
            <Table.Td className={roomy}>
              <Code>
                <Foreign text={campaign.key} />
              </Code>
            </Table.Td>
            <Table.Td className={roomy}>{campaign.steps || '–'}</Table.Td>
            <Table.Td>
              <Anchor component={AppLink} href={`/leads?campaign=${campaign.id}`}>
                {campaign.activeLeads.toLocaleString('en')}
              </Anchor>
            </Table.Td>
            <Table.Td>
              {mayWrite && (
                <Group gap={6} justify="flex-end" wrap="nowrap">
                  <Button
                    size="compact-sm"
                    variant="default"
                    onClick={() => edit(campaign)}
                    aria-label={`Edit ${campaign.name}`}
                  >
                    Edit
                  </Button>
                  <ArchiveCampaign campaign={campaign} />
                </Group>
              )}
            </Table.Td>
          </Table.Tr>
        )}
      />
      <CampaignDialog key={editing?.id ?? 'new'} opened={opened} onClose={dialog.close} campaign={editing} />
    </>
  );
}
