'use client';

import { Group, List, Paper, Text, Title } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconDatabaseOff,
  IconExclamationCircle,
  type TablerIcon,
} from '@tabler/icons-react';
import type { Verdict } from '#domain/health.ts';
import { useWorkspaceTimeZone } from '../../session/session.tsx';
import { When } from '../../time/when.tsx';
import { fullTime } from '../../time/zoned.ts';
import type { Outputs } from '../../trpc/client.ts';
import classes from './health.module.css';

type Report = Outputs['health']['report'];

const ICONS: Readonly<Record<Verdict, TablerIcon>> = {
  working: IconCircleCheck,
  degraded: IconAlertTriangle,
  spooling: IconDatabaseOff,
  failing: IconExclamationCircle,
};

/** Is logging working now: one sentence, since when, and on what that rests. */
export function VerdictCard({ report }: { readonly report: Report }) {
  const Icon = ICONS[report.verdict];
  const timeZone = useWorkspaceTimeZone();
  return (
    <Paper
      component="section"
      withBorder
      className={classes.verdict}
      data-verdict={report.verdict}
      aria-labelledby="verdict"
      aria-live="polite"
    >
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <Icon size={28} stroke={1.7} aria-hidden className={classes.verdictIcon} />
        <div>
          <Title order={2} id="verdict">
            {report.sentence}
          </Title>
          <Text size="sm" c="dimmed">
            {report.verdict === 'working' ? 'Without a break since ' : 'Since '}
            <time dateTime={report.since}>{fullTime(new Date(report.since), timeZone)}</time>. <Proof report={report} />
          </Text>
          {report.problems.length > 0 && (
            <List size="sm" mt="xs" className={classes.problems}>
              {report.problems.map((problem) => (
                <List.Item key={problem}>{problem}</List.Item>
              ))}
            </List>
          )}
        </div>
      </Group>
    </Paper>
  );
}

function Proof({ report: { proof, process } }: { readonly report: Report }) {
  if (proof.at === null) return <>No event was stored yet since the process started.</>;
  if (proof.kind === 'event') {
    return (
      <>
        The last event was acknowledged <When at={proof.at} />.
      </>
    );
  }
  return (
    <>
      A trial event went the whole way and was taken back <When at={proof.at} />
      {process.lastAcknowledgedAt ? (
        <>
          ; the last real one was acknowledged <When at={process.lastAcknowledgedAt} />.
        </>
      ) : (
        <>; no real one came since the process started.</>
      )}
    </>
  );
}
