'use client';

import { ActionIcon, Badge, Group, Paper, Stack, Text, Title, Tooltip } from '@mantine/core';
import { IconUserMinus } from '@tabler/icons-react';
import type { EnrollmentView, LeadView } from '#domain/lead-view.ts';
import { When } from '../../time/when.tsx';
import classes from './lead-page.module.css';
import type { LeadActions } from './use-lead-actions.ts';

const STATES = {
  active: ['Active', 'teal'],
  completed: ['Completed', 'blue'],
  removed: ['Removed', 'gray'],
} as const;

export interface LeadCampaignsProps {
  readonly lead: LeadView;
  /** Undefined for those who may only look. */
  readonly actions: LeadActions | undefined;
}

function progress({ step, steps }: EnrollmentView): string {
  if (steps === 0) return step === 0 ? 'Not begun' : `Step ${step}`;
  return `Step ${step} of ${steps}`;
}

/** The campaigns a lead is or was in, and the way out of them. */
export function LeadCampaigns({ lead, actions }: LeadCampaignsProps) {
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
              <Badge variant="light" color={STATES[enrollment.state][1]} tt="none" fw={550}>
                {STATES[enrollment.state][0]}
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
