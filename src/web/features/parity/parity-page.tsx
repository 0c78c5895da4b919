'use client';

import { Button, Paper, Select } from '@mantine/core';
import { IconArrowsDiff, IconFileUpload } from '@tabler/icons-react';
import { parseAsString, useQueryState } from 'nuqs';
import { useState } from 'react';
import type { ParityRunView } from '#domain/parity.ts';
import { usePermission, useWorkspaceTimeZone } from '../../session/session.tsx';
import { fullTime } from '../../time/zoned.ts';
import { trpc } from '../../trpc/client.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { LoadError, NoPermission, Nothing } from '../../ui/states.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { UploadDialog } from '../imports/upload-dialog.tsx';
import { Comparison } from './comparison.tsx';
import classes from './parity.module.css';

const KINDS = [{ kind: 'parity', label: 'Compare' }] as const;

/** Does the book have what the older system has? */
export function ParityPage() {
  return usePermission('import:manage') ? <Parity /> : <NoPermission what="parity" />;
}

function Parity() {
  const [chosen, setChosen] = useQueryState('run', parseAsString);
  const [choosing, setChoosing] = useState(false);
  const timeZone = useWorkspaceTimeZone();
  const utils = trpc.useUtils();
  const query = trpc.parity.list.useQuery();
  const runs = query.data;
  const shown = chosen ?? runs?.[0]?.id;
  const choose = (
    <Button leftSection={<IconFileUpload size={16} aria-hidden />} onClick={() => setChoosing(true)}>
      Compare a file
    </Button>
  );
  const nameOf = (run: ParityRunView) => `${run.fileName} · ${fullTime(new Date(run.startedAt), timeZone)}`;
  return (
    <>
      <PageHeader
        title="Parity"
        lead="What an older system says happened, against what the book holds: by day, type and source, each missing record by name."
        actions={choose}
      />
      {query.isError && !runs && (
        <LoadError error={query.error} what="the comparisons" onRetry={query.refetch} retrying={query.isFetching} />
      )}
      {query.isPending && (
        <Paper withBorder className={classes.paper}>
          <TableSkeleton what="the comparisons" />
        </Paper>
      )}
      {runs?.length === 0 && (
        <Paper withBorder className={classes.paper}>
          <Nothing
            icon={<IconArrowsDiff size={26} stroke={1.5} aria-hidden />}
            title="Nothing was compared yet"
            description="Send an export of the older system: every record that the book does not have is named, and can be imported."
          >
            {choose}
          </Nothing>
        </Paper>
      )}
      {runs && runs.length > 1 && (
        <Select
          label="Comparison"
          mb="sm"
          maw={520}
          data={runs.map((run) => ({ value: run.id, label: nameOf(run) }))}
          value={shown ?? null}
          onChange={(id) => void setChosen(id)}
          allowDeselect={false}
        />
      )}
      {runs && runs.length > 0 && shown && <Comparison key={shown} id={shown} />}
      <UploadDialog
        title="Compare a file with the book"
        kinds={KINDS}
        opened={choosing}
        onClose={() => setChoosing(false)}
        onSent={(id) => {
          void utils.parity.list.invalidate();
          void setChosen(id);
        }}
      />
    </>
  );
}
