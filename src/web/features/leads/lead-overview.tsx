'use client';

import { ActionIcon, Anchor, Badge, Group, Paper, SimpleGrid, Stack, Text, Title, Tooltip } from '@mantine/core';
import { IconUserMinus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { EnrollmentView, LeadView } from '#domain/lead-view.ts';
import { usePermission } from '../../session/session.tsx';
import { When } from '../../time/when.tsx';
import { CopyIcon } from '../../ui/copy-button.tsx';
import { LatestOfLead } from './latest-of-lead.tsx';
import classes from './lead-page.module.css';
import type { LeadActions } from './use-lead-actions.ts';

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const NONE = (
  <Text span c="dimmed" size="sm">
    {'–'}
  </Text>
);

function Details({ lead }: { readonly lead: LeadView }) {
  return (
    <Paper component="section" withBorder p="md" className={classes.paper} aria-labelledby="lead-details">
      <Title order={2} id="lead-details" mb="xs">
        Details
      </Title>
      <dl className={classes.facts}>
        <Fact label="E-mail">
          {lead.email ? (
            <Group gap={4} wrap="nowrap">
              <Anchor href={`mailto:${lead.email}`} className={classes.long}>
                {lead.email}
              </Anchor>
              <CopyIcon value={lead.email} what="e-mail" />
            </Group>
          ) : (
            NONE
          )}
        </Fact>
        <Fact label="Phone">{lead.phone ? <Anchor href={`tel:${lead.phone}`}>{lead.phone}</Anchor> : NONE}</Fact>
        <Fact label="Company">{lead.company ?? NONE}</Fact>
        <Fact label="Title">{lead.title ?? NONE}</Fact>
        <Fact label="Score">{lead.score ?? NONE}</Fact>
        <Fact label="Owner">{lead.owner?.name ?? 'Nobody'}</Fact>
        <Fact label="Last activity">{lead.lastActivityAt ? <When at={lead.lastActivityAt} /> : 'Never'}</Fact>
        <Fact label="Known since">
          <When at={lead.createdAt} />
        </Fact>
        {lead.airtableRecordId && (
          <Fact label="Airtable record">
            <Group gap={4} wrap="nowrap">
              <span className={classes.long}>{lead.airtableRecordId}</span>
              <CopyIcon value={lead.airtableRecordId} what="Airtable id" />
            </Group>
          </Fact>
        )}
        <Fact label="Lead id">
          <Group gap={4} wrap="nowrap">
            <span className={classes.long}>{lead.id}</span>
            <CopyIcon value={lead.id} what="lead id" />
          </Group>
        </Fact>
      </dl>
    </Paper>
  );
}

const STATES = { active: 'teal', completed: 'blue', removed: 'gray' } as const;

interface CampaignsProps {
  readonly lead: LeadView;
  /** Undefined for those who may only look. */
  readonly actions: LeadActions | undefined;
}

function progress({ step, steps }: EnrollmentView): string {
  if (steps === 0) return step === 0 ? 'not begun' : `step ${step}`;
  return `step ${step} of ${steps}`;
}

function Campaigns({ lead, actions }: CampaignsProps) {
  return (
    <Paper component="section" withBorder p="md" className={classes.paper} aria-labelledby="lead-campaigns">
      <Title order={2} id="lead-campaigns" mb="xs">
        Campaigns
      </Title>
      {lead.campaigns.length === 0 && (
        <Text size="sm" c="dimmed">
          Never in a campaign.
        </Text>
      )}
      <Stack gap="xs">
        {lead.campaigns.map((enrollment) => (
          <Group key={enrollment.id} justify="space-between" wrap="nowrap">
            <div className={classes.campaign}>
              <Text size="sm" fw={530} truncate>
                {enrollment.campaignName}
              </Text>
              <Text size="xs" c="dimmed">
                {progress(enrollment)}
                {' · since '}
                <When at={enrollment.enrolledAt} />
              </Text>
            </div>
            <Group gap={6} wrap="nowrap">
              <Badge variant="light" color={STATES[enrollment.state]} tt="none" fw={550}>
                {enrollment.state}
              </Badge>
              {actions && enrollment.state === 'active' && !lead.archivedAt && (
                <Tooltip label={`Remove from ${enrollment.campaignName}`}>
                  <ActionIcon
                    aria-label={`Remove from ${enrollment.campaignName}`}
                    loading={actions.pending.campaign}
                    onClick={() => actions.remove({ id: enrollment.campaignId, name: enrollment.campaignName })}
                  >
                    <IconUserMinus size={16} stroke={1.75} aria-hidden />
                  </ActionIcon>
                </Tooltip>
              )}
            </Group>
          </Group>
        ))}
      </Stack>
    </Paper>
  );
}

interface LeadOverviewProps extends CampaignsProps {
  /** Hears of every activity that arrives. */
  readonly onActivity: () => void;
}

/** Who a lead is, where it stands, what happened last. */
export function LeadOverview({ lead, actions, onActivity }: LeadOverviewProps) {
  const mayReadTimeline = usePermission('timeline:read');
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Stack gap="md">
        <Details lead={lead} />
        <Campaigns lead={lead} actions={actions} />
      </Stack>
      {mayReadTimeline && <LatestOfLead leadId={lead.id} onActivity={onActivity} />}
    </SimpleGrid>
  );
}
