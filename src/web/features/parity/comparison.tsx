'use client';

import { Alert, Button, Group, Paper, Switch, Text } from '@mantine/core';
import { IconDownload, IconFileImport } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { ParityRunView } from '#domain/parity.ts';
import { When } from '../../time/when.tsx';
import { trpc } from '../../trpc/client.ts';
import { LoadError } from '../../ui/states.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { toastError } from '../../ui/toast.ts';
import { count } from '../imports/import-state.tsx';
import { RunProgress } from '../imports/run-progress.tsx';
import { CellsTable } from './cells-table.tsx';
import { DayStrip } from './day-strip.tsx';
import { ItemsDrawer, type ItemsTarget } from './items-drawer.tsx';
import classes from './parity.module.css';

const AT_WORK = 1_000;
/** What else the server is at work on is not known here. */
const UNBEGUN = 'Not begun yet: the server works on one file at a time';

/** One comparison: its figures, its days, its table, and what to do about what is missing. */
export function Comparison({ id }: { readonly id: string }) {
  const [day, setDay] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const [target, setTarget] = useState<ItemsTarget>();
  const query = trpc.parity.byId.useQuery(
    { id },
    { refetchInterval: ({ state }) => (state.data?.state === 'running' ? AT_WORK : false) },
  );
  const run = query.data;
  if (query.isError && !run) {
    return <LoadError error={query.error} what="the comparison" onRetry={query.refetch} retrying={query.isFetching} />;
  }
  if (!run) return <TableSkeleton what="the comparison" />;
  const cells = run.cells.filter(
    (cell) =>
      (day === null || cell.day === day) &&
      (all || day !== null || cell.missing > 0 || cell.different > 0 || cell.extra > 0),
  );
  return (
    <>
      <Text size="sm" c="dimmed" mb={6} className={classes.source ?? ''}>
        {`${run.fileName} · ${run.mapping} · ${run.startedBy} · `}
        <When at={run.startedAt} />
      </Text>
      <Verdict run={run} />
      <Figures run={run} />
      {run.cells.length > 0 && <DayStrip cells={run.cells} chosen={day} onChoose={setDay} />}
      <Group justify="space-between" mb="xs">
        <Text size="sm" c="dimmed">
          {day ? `Only ${day}` : `Days of ${run.timeZone}`}
        </Text>
        <Switch
          label="Also what agrees"
          checked={all}
          onChange={(event) => setAll(event.currentTarget.checked)}
          disabled={day !== null}
        />
      </Group>
      <Paper withBorder className={classes.paper}>
        {cells.length > 0 ? (
          <CellsTable cells={cells} onShow={(cell, kind) => setTarget({ cell, kind })} />
        ) : (
          <Text p="md" size="sm" c="dimmed">
            {nothing(run)}
          </Text>
        )}
      </Paper>
      <ItemsDrawer runId={id} target={target} onClose={() => setTarget(undefined)} />
    </>
  );
}

function nothing({ state, counts }: ParityRunView): string {
  if (state === 'running') return 'Nothing differs so far.';
  return counts.records === 0 ? 'The file says of no event.' : 'Nothing differs.';
}

function Verdict({ run }: { readonly run: ParityRunView }) {
  const router = useRouter();
  const utils = trpc.useUtils();
  const stop = trpc.parity.stop.useMutation({
    onError: (error) => toastError('The comparison goes on', error),
    onSettled: () => void utils.parity.invalidate(),
  });
  const importMissing = trpc.parity.importMissing.useMutation({
    onSuccess: ({ id }) => router.push(`/admin/import?run=${id}`),
    onError: (error) => toastError('The import did not begin', error),
  });
  const { missing, records, different, extra } = run.counts;
  const differing = missing + different + extra;
  if (run.state === 'running') {
    return (
      <Paper withBorder p="sm" mb="sm" role="status">
        <Group justify="space-between" mb={6}>
          <Text size="sm">{`Comparing: ${count(records)} events, ${count(missing)} missing so far`}</Text>
          <Button
            size="compact-sm"
            variant="default"
            loading={stop.isPending}
            onClick={() => stop.mutate({ id: run.id })}
          >
            Stop
          </Button>
        </Group>
        <RunProgress
          label="Share compared"
          records={records}
          bytesDone={run.bytesDone}
          bytes={run.bytes}
          unbegun={UNBEGUN}
        />
      </Paper>
    );
  }
  const broke =
    run.state === 'done' ? '' : ` The comparison ended before the end of the file: ${run.error ?? run.state}.`;
  const title =
    missing === 0
      ? `Nothing of ${run.fileName} is missing`
      : `${count(missing)} of ${count(records)} ${missing === 1 ? 'is' : 'are'} missing in the book`;
  return (
    <Alert color={missing > 0 ? 'red' : broke ? 'orange' : 'teal'} title={title} mb="sm">
      {broke && <Text size="sm">{broke}</Text>}
      <Group gap="xs" mt={missing > 0 ? 4 : 0}>
        {missing > 0 && (
          <Button
            size="compact-sm"
            leftSection={<IconFileImport size={14} aria-hidden />}
            loading={importMissing.isPending}
            onClick={() => importMissing.mutate({ id: run.id })}
          >
            {missing === 1 ? 'Import it' : `Import these ${count(missing)}`}
          </Button>
        )}
        {differing > 0 && (
          <Button
            component="a"
            href={`/api/admin/parity/${run.id}/items`}
            download
            size="compact-sm"
            variant="default"
            leftSection={<IconDownload size={14} aria-hidden />}
          >
            CSV of all that differ
          </Button>
        )}
      </Group>
    </Alert>
  );
}

function Figures({ run: { counts, unreadable, state } }: { readonly run: ParityRunView }) {
  const isRunning = state === 'running';
  const figures = [
    [isRunning ? 'Read so far' : 'In the file', counts.records, false],
    ['In both', counts.found, false],
    ['Missing', counts.missing, counts.missing > 0],
    ['Different', counts.different, false],
    // Known once all of the file is.
    ['In the book alone', isRunning ? undefined : counts.extra, false],
    ...(unreadable > 0 ? [['Could not be read', unreadable, true] as const] : []),
  ] as const;
  return (
    <dl className={classes.facts}>
      {figures.map(([label, value, isBad]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd data-wrong={isBad || undefined}>{value === undefined ? '–' : count(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
