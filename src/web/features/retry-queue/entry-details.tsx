'use client';

import { Anchor, Button, Code, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import Link from 'next/link';
import { type ReactNode, useState } from 'react';
import type { QuarantineView } from '#domain/quarantine.ts';
import { useWorkspaceTimeZone } from '../../session/session.tsx';
import { fullTime } from '../../time/zoned.ts';
import { trpc } from '../../trpc/client.ts';
import { CopyText } from '../../ui/copy-button.tsx';
import { LoadError } from '../../ui/states.tsx';
import { BodyEditor } from './body-editor.tsx';
import { MarkedJson } from './marked-json.tsx';
import classes from './queue.module.css';
import { referenceValue, UnknownLead } from './unknown-lead.tsx';

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Everything about one entry: what came, what is wrong with it, what became of it. */
export function EntryDetails({ entry }: { readonly entry: QuarantineView }) {
  const timeZone = useWorkspaceTimeZone();
  const at = (instant: string) => fullTime(new Date(instant), timeZone);
  const detail = trpc.retryQueue.get.useQuery({ id: entry.id });
  const [editing, setEditing] = useState(false);
  const { data } = detail;
  if (detail.isError && !data) return <LoadError error={detail.error} what="the event" onRetry={detail.refetch} />;
  const body = data && (data.editedBody ?? data.body);
  return (
    <Stack gap="sm" py="xs">
      {entry.unknownLead && entry.state === 'waiting' && <UnknownLead entry={entry} reference={entry.unknownLead} />}
      <dl className={classes.facts}>
        <Fact label={entry.unknownLead ? 'Asked' : 'Received'}>{at(entry.receivedAt)}</Fact>
        {entry.repeats > 0 && !entry.unknownLead && <Fact label="Last repeated">{at(entry.lastReceivedAt)}</Fact>}
        {entry.originalOccurredAt && <Fact label="Happened">{at(entry.originalOccurredAt)}</Fact>}
        {entry.retryCount > 0 && <Fact label="Tried again">{entry.retryCount}×</Fact>}
        {entry.nextRetryAt && <Fact label="Next try">{at(entry.nextRetryAt)}</Fact>}
        {entry.lastError && <Fact label="Last error">{entry.lastError}</Fact>}
        {entry.idempotencyKey && <Fact label="Key">{entry.idempotencyKey}</Fact>}
        {entry.editedBy && <Fact label="Corrected by">{entry.editedBy}</Fact>}
        {entry.resolvedBy && (
          <Fact
            label={entry.state === 'discarded' ? 'Discarded by' : entry.unknownLead ? 'Answered by' : 'Replayed by'}
          >
            {entry.resolvedBy}
          </Fact>
        )}
        {entry.resolvedAt && <Fact label="On">{at(entry.resolvedAt)}</Fact>}
        {entry.discardReason && <Fact label="Reason">{entry.discardReason}</Fact>}
        <Fact label="Entry">
          <Code className={classes.id}>{entry.id}</Code>
        </Fact>
        {entry.resolvedActivityId && (
          <Fact label={entry.unknownLead ? 'In the book' : 'Became'}>
            <Anchor
              component={Link}
              size="sm"
              href={`/admin/activity-logs?range=all&q=${encodeURIComponent(
                entry.unknownLead ? referenceValue(entry.unknownLead) : entry.id,
              )}`}
            >
              activity {entry.resolvedActivityId}
            </Anchor>
          </Fact>
        )}
      </dl>
      {!data && <Skeleton height={120} />}
      {data && editing && <BodyEditor entry={data} onClose={() => setEditing(false)} />}
      {data && body && !editing && (
        <div>
          <Group justify="space-between" mb={4}>
            <Text size="sm" c="dimmed">
              {entry.unknownLead
                ? 'The first event, as it is in the book'
                : data.isEdited
                  ? 'Corrected body'
                  : 'Body as it came'}
            </Text>
            <Group gap="xs">
              <CopyText value={body} what="JSON" />
              {entry.state === 'waiting' && !entry.unknownLead && (
                <Button
                  size="compact-sm"
                  variant="default"
                  leftSection={<IconPencil size={14} aria-hidden />}
                  onClick={() => setEditing(true)}
                >
                  Edit
                </Button>
              )}
            </Group>
          </Group>
          <MarkedJson text={body} issues={entry.state === 'waiting' ? entry.issues : []} label="Body" />
        </div>
      )}
      {data?.isEdited && !editing && (
        <div>
          <Text size="sm" c="dimmed" mb={4}>
            As it came
          </Text>
          <MarkedJson text={data.body} issues={[]} label="Body as it came" />
        </div>
      )}
    </Stack>
  );
}
