'use client';

import { ActionIcon, Button, Group, Table, Text } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import type { ImportRunView } from '#domain/import-run.ts';
import { When } from '../../time/when.tsx';
import { trpc } from '../../trpc/client.ts';
import { toastDone, toastError } from '../../ui/toast.ts';
import { ImportReport } from './import-report.tsx';
import { count, StateBadge } from './import-state.tsx';
import classes from './imports.module.css';
import { RunProgress } from './run-progress.tsx';

interface ImportRowProps {
  readonly run: ImportRunView;
  /** What it says as long as no record is dealt with. */
  readonly unbegun: string;
  readonly opened: boolean;
  readonly onToggle: () => void;
  readonly onBegun: (id: string) => void;
}

/** One import: how far it is, what it brought, what can be done about it. Opens to its report. */
export function ImportRow({ run, unbegun, opened, onToggle, onBegun }: ImportRowProps) {
  const utils = trpc.useUtils();
  const settled = { onSettled: () => void utils.imports.invalidate() };
  const stop = trpc.imports.stop.useMutation({ ...settled, onError: (e) => toastError('The import goes on', e) });
  const resume = trpc.imports.resume.useMutation({ ...settled, onError: (e) => toastError('Not taken up', e) });
  const importTried = trpc.imports.importTried.useMutation({
    ...settled,
    onSuccess: ({ id }) => {
      toastDone('The import has begun');
      onBegun(id);
    },
    onError: (error) => toastError('The import did not begin', error),
  });
  const { counts, state, isDryRun, canGoOn, origin } = run;
  const actions = (
    <>
      {state === 'running' && (
        <Button
          size="compact-sm"
          variant="default"
          loading={stop.isPending}
          onClick={() => stop.mutate({ id: run.id })}
        >
          Stop
        </Button>
      )}
      {(state === 'stopped' || state === 'failed') && canGoOn && origin !== 'command' && (
        <Button
          size="compact-sm"
          variant="default"
          loading={resume.isPending}
          onClick={() => resume.mutate({ id: run.id })}
        >
          Go on
        </Button>
      )}
      {state === 'done' && isDryRun && canGoOn && (
        <Button size="compact-sm" loading={importTried.isPending} onClick={() => importTried.mutate({ id: run.id })}>
          Import
        </Button>
      )}
    </>
  );
  return (
    <>
      <Table.Tr>
        <Table.Td>
          <Group gap={6} wrap="nowrap" align="flex-start">
            <ActionIcon
              size="sm"
              aria-expanded={opened}
              aria-label={`${opened ? 'Hide' : 'Show'} the report of ${run.fileName}`}
              onClick={onToggle}
            >
              <IconChevronRight size={16} className={classes.chevron} data-opened={opened || undefined} aria-hidden />
            </ActionIcon>
            <div className={classes.name}>
              <Text fw={530} component="span">
                {run.fileName}
              </Text>
              <Text size="xs" c="dimmed">
                {`${run.mapping} · ${run.startedBy} · `}
                <When at={run.startedAt} />
              </Text>
              <div className={classes.narrow}>
                <Group gap={6} mt={6}>
                  <StateBadge state={state} isDryRun={isDryRun} />
                  {actions}
                </Group>
              </div>
              {state === 'running' && (
                <RunProgress
                  label={`Share of ${run.fileName} dealt with`}
                  records={counts.records}
                  bytesDone={run.bytesDone}
                  bytes={run.bytes}
                  unbegun={unbegun}
                />
              )}
              {run.error && (
                <Text size="xs" c={state === 'failed' ? 'red' : 'dimmed'}>
                  {run.error}
                </Text>
              )}
            </div>
          </Group>
        </Table.Td>
        <Table.Td className={classes.roomy}>
          <StateBadge state={state} isDryRun={isDryRun} />
        </Table.Td>
        <Table.Td className={`${classes.number} ${classes.roomy}`}>{count(counts.records)}</Table.Td>
        <Table.Td className={classes.number}>{count(counts.stored)}</Table.Td>
        <Table.Td className={`${classes.number} ${classes.roomy}`}>{count(counts.duplicates)}</Table.Td>
        <Table.Td className={classes.number} data-bad={counts.rejected > 0 || undefined}>
          {count(counts.rejected)}
        </Table.Td>
        <Table.Td className={classes.roomy}>
          <Group gap={6} justify="flex-end" wrap="nowrap">
            {actions}
          </Group>
        </Table.Td>
      </Table.Tr>
      {opened && (
        <Table.Tr className={classes.details}>
          <Table.Td colSpan={7}>
            <ImportReport run={run} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}
