'use client';

import { Anchor, Code, Group, Stack, Text } from '@mantine/core';
import Link from 'next/link';
import type { ReactNode } from 'react';
import type { ActivityView } from '#domain/activity.ts';
import type { ActivityType } from '#domain/catalogue/index.ts';
import { importOf } from '#domain/import-run.ts';
import { useWorkspaceTimeZone } from '../../session/session.tsx';
import { fullTime } from '../../time/zoned.ts';
import { CopyIcon, CopyText } from '../../ui/copy-button.tsx';
import { JsonView } from '../../ui/json-view.tsx';
import classes from './activity-details.module.css';
import { duration, lateness } from './activity-text.ts';

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Id({ value, what }: { readonly value: string; readonly what: string }) {
  return (
    <Group gap={4} wrap="nowrap" align="center">
      <Code className={classes.id}>{value}</Code>
      <CopyIcon value={value} what={what} />
    </Group>
  );
}

/** Everything the book knows of one activity. */
export function ActivityDetails({ activity, type }: { readonly activity: ActivityView; readonly type: ActivityType }) {
  const timeZone = useWorkspaceTimeZone();
  const late = lateness(activity);
  const { actor, metadata } = activity;
  const quarantineId = metadata?.quarantine_id;
  const importId = importOf(activity.tags);
  return (
    <Stack gap="sm" className={classes.root}>
      <dl className={classes.facts}>
        <Fact label="Occurred">{fullTime(new Date(activity.occurredAt), timeZone)}</Fact>
        <Fact label="Recorded">
          {fullTime(new Date(activity.recordedAt), timeZone)}
          {late > 0 && <Text span size="xs" c="dimmed">{` · ${duration(late)} later`}</Text>}
        </Fact>
        <Fact label="Type">
          <Code>{activity.type}</Code> in {activity.category}
          {type.custom && ' (custom)'}
        </Fact>
        <Fact label="Source">
          <Id value={activity.source} what="source" />
        </Fact>
        {activity.executionId && (
          <Fact label="Execution">
            <Id value={activity.executionId} what="execution id" />
          </Fact>
        )}
        <Fact label="Activity">
          <Id value={activity.id} what="activity id" />
        </Fact>
        {activity.subjectKey && (
          <Fact label="Filed under">
            <Id value={activity.subjectKey} what="subject key" />
          </Fact>
        )}
        {activity.leadAirtableId && (
          <Fact label="Airtable record">
            <Id value={activity.leadAirtableId} what="Airtable id" />
          </Fact>
        )}
        {actor && (actor.label || actor.id) && (
          <Fact label="By">
            {actor.label ?? actor.id} <Text span size="xs" c="dimmed">{`(${actor.type.toLowerCase()})`}</Text>
          </Fact>
        )}
        {activity.serviceKey && <Fact label="Written by key">{activity.serviceKey.name}</Fact>}
        {importId !== undefined && (
          <Fact label="Imported">
            <Anchor component={Link} size="sm" href={`/admin/import?run=${importId}`}>
              with other old records
            </Anchor>
          </Fact>
        )}
        {typeof quarantineId === 'string' && (
          <Fact label="Replayed from">
            <Anchor component={Link} size="sm" href={`/admin/retry-queue?state=replayed&q=${quarantineId}`}>
              the retry queue
            </Anchor>
          </Fact>
        )}
        <Fact label="Place in the book">{activity.position.toLocaleString('en')}</Fact>
        {activity.status && <Fact label="Status">{activity.status}</Fact>}
        {activity.severity !== 'INFO' && <Fact label="Severity">{activity.severity}</Fact>}
      </dl>
      {activity.message && (
        <div>
          <div className={classes.heading}>Message</div>
          <Text size="sm" className={classes.message} dir="auto">
            {activity.message}
          </Text>
        </div>
      )}
      <div>
        <Group justify="space-between" mb={4}>
          <div className={classes.heading}>Metadata</div>
          {metadata && <CopyText value={JSON.stringify(metadata, null, 2)} what="JSON" />}
        </Group>
        {metadata && Object.keys(metadata).length > 0 ? (
          <JsonView value={metadata} label={`Metadata of ${type.label}`} />
        ) : (
          <Text size="sm" c="dimmed">
            This activity came without metadata.
          </Text>
        )}
      </div>
    </Stack>
  );
}
