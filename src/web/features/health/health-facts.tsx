'use client';

import { Anchor, Paper, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { refusalInWords } from '#domain/refusal-words.ts';
import { usePermission } from '../../session/session.tsx';
import { When } from '../../time/when.tsx';
import type { Outputs } from '../../trpc/client.ts';
import { AppLink } from '../../ui/app-link.tsx';
import classes from './health.module.css';
import { bytesText, spanText } from './measures.ts';

type Report = Outputs['health']['report'];

interface CardProps {
  readonly title: string;
  readonly isBad?: boolean;
  readonly rows: readonly (readonly [term: string, value: ReactNode])[];
  readonly children?: ReactNode;
}

/** The parts that an event goes through, one card each. */
export function HealthFacts({ report }: { readonly report: Report }) {
  return (
    <section aria-label="Parts">
      <div className={classes.parts}>
        <Waiting report={report} />
        <Quarantine report={report} />
        <Database report={report} />
        <Live report={report} />
        <Processes report={report} />
      </div>
    </section>
  );
}

function Card({ title, isBad = false, rows, children }: CardProps) {
  return (
    <Paper withBorder p="md" className={classes.card} data-bad={isBad || undefined}>
      <Title order={3} mb={6}>
        {title}
      </Title>
      <dl className={classes.facts}>
        {rows.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {children}
    </Paper>
  );
}

function Waiting({ report: { queue, spool } }: { readonly report: Report }) {
  const share = Math.round((spool.bytes / spool.maxBytes) * 100);
  return (
    <Card
      title="Queue and spool"
      isBad={spool.records > 0 || spool.damaged > 0}
      rows={[
        ['On their way', queue.depth],
        ['Waiting on disk', spool.records],
        ['Size', `${bytesText(spool.bytes)} of ${bytesText(spool.maxBytes)}${share > 0 ? `, ${share} %` : ''}`],
        ...(spool.oldestAt ? [['Oldest', <When key="oldest" at={spool.oldestAt} />] as const] : []),
        ...(spool.draining ? [['Draining', `${spool.drainRate} a second`] as const] : []),
        ['Damaged pieces', spool.damaged],
      ]}
    />
  );
}

function Quarantine({ report: { quarantine } }: { readonly report: Report }) {
  const mayManage = usePermission('quarantine:manage');
  if (!quarantine)
    return <Card title="Quarantine" isBad rows={[['Waiting', 'Not known while the database is away']]} />;
  const { waiting, isCapped, oldestAt, reasons } = quarantine;
  return (
    <Card
      title="Quarantine"
      isBad={waiting > 0}
      rows={[
        ['Waiting', isCapped ? `${waiting.toLocaleString('en')}+` : waiting],
        ...(oldestAt ? [['Oldest', <When key="oldest" at={oldestAt} />] as const] : []),
        ...reasons.map(({ code, waiting: count }) => [refusalInWords(code), count] as const),
      ]}
    >
      {mayManage && waiting > 0 && (
        <Anchor component={AppLink} href="/admin/retry-queue" size="sm">
          Open the retry queue
        </Anchor>
      )}
    </Card>
  );
}

function Database({ report: { database } }: { readonly report: Report }) {
  const { facts, reachable, awaySince, latencyMs } = database;
  const connections = facts && `${facts.connections} of ${facts.maxConnections}`;
  return (
    <Card
      title="Database"
      isBad={!reachable || facts?.strayRows === true}
      rows={[
        ['Answers', reachable ? (latencyMs === null ? 'Yes' : `In ${spanText(latencyMs)}`) : 'No'],
        ...(awaySince ? [['Away since', <When key="away" at={awaySince} />] as const] : []),
        ...(facts
          ? ([
              ['PostgreSQL', facts.version],
              ['Size', bytesText(facts.bytes)],
              ['Connections', connections],
              ['Months made ahead', facts.monthsAhead],
              ...(facts.strayRows ? [['Without a month', 'Some events'] as const] : []),
            ] as const)
          : []),
      ]}
    />
  );
}

const TAILS = { reading: 'Reading', dormant: 'At rest, nobody follows', broken: 'Cannot read the book' } as const;

function Live({ report: { live } }: { readonly report: Report }) {
  return (
    <Card
      title="Live stream"
      isBad={live.tail === 'broken'}
      rows={[
        ['Open streams', live.subscribers],
        ['Reader', TAILS[live.tail]],
        ...(live.brokenSince ? [['Broken since', <When key="broken" at={live.brokenSince} />] as const] : []),
        [
          'Recorded to read',
          live.deliveryMs
            ? `${spanText(live.deliveryMs.p50)}, 95 % within ${spanText(live.deliveryMs.p95)}`
            : 'Nothing lately',
        ],
        ['Streams behind', live.catchingUp],
        ['Streams that do not read', live.stalled],
      ]}
    />
  );
}

function Processes({ report: { process, database } }: { readonly report: Report }) {
  const others = database.facts?.processes.filter(({ place }) => place !== process.place) ?? [];
  return (
    <Card
      title="Processes"
      rows={[
        ['This one', process.place],
        ['Started', <When key="started" at={process.startedAt} />],
        ...others.map(({ place, startedAt }) => [place, <When key={place} at={startedAt} />] as const),
      ]}
    >
      {others.length === 0 && (
        <Text size="xs" c="dimmed">
          No other process shares this database.
        </Text>
      )}
    </Card>
  );
}
