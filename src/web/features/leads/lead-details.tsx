'use client';

import { Anchor, Group, Paper, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { LeadView } from '#domain/lead-view.ts';
import { When } from '../../time/when.tsx';
import { CopyIcon } from '../../ui/copy-button.tsx';
import classes from './lead-page.module.css';

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

/** Who a lead is. */
export function LeadDetails({ lead }: { readonly lead: LeadView }) {
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
