'use client';

import { Button, Paper, Table } from '@mantine/core';
import { IconFileImport, IconFileUpload } from '@tabler/icons-react';
import { parseAsString, useQueryState } from 'nuqs';
import { useState } from 'react';
import { usePermission } from '../../session/session.tsx';
import { trpc } from '../../trpc/client.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { LoadError, NoPermission, Nothing } from '../../ui/states.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { ImportRow } from './import-row.tsx';
import classes from './imports.module.css';
import { unbegun } from './in-line.ts';
import { Mappings } from './mappings.tsx';
import { UploadDialog } from './upload-dialog.tsx';

const AT_WORK = 1_000;
const QUIET = 15_000;
const KINDS = [
  { kind: 'try', label: 'Try first' },
  { kind: 'import', label: 'Import' },
] as const;

/** Records of an older system, brought into the book. */
export function ImportsPage() {
  return usePermission('import:manage') ? <Imports /> : <NoPermission what="imports" />;
}

function Imports() {
  const [opened, setOpened] = useQueryState('run', parseAsString);
  const [choosing, setChoosing] = useState(false);
  const utils = trpc.useUtils();
  const query = trpc.imports.list.useQuery(undefined, {
    refetchInterval: ({ state }) => (state.data?.some((run) => run.state === 'running') ? AT_WORK : QUIET),
  });
  const runs = query.data;
  const begun = (id: string) => {
    void utils.imports.list.invalidate();
    void setOpened(id);
  };
  const choose = (
    <Button leftSection={<IconFileUpload size={16} aria-hidden />} onClick={() => setChoosing(true)}>
      Import a file
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Import"
        lead="Records of an older system, brought into the book at their own times. The same file twice brings nothing twice."
        actions={choose}
      />
      {query.isError && !runs ? (
        <LoadError error={query.error} what="the imports" onRetry={query.refetch} retrying={query.isFetching} />
      ) : (
        <Paper withBorder className={classes.paper}>
          {!runs && <TableSkeleton what="the imports" />}
          {runs?.length === 0 && (
            <Nothing
              icon={<IconFileImport size={26} stroke={1.5} aria-hidden />}
              title="Nothing was imported yet"
              description="Send an export of SMS_Audit, or any CSV, JSON or NDJSON with a mapping. Try it first: that says what would be refused, and stores nothing."
            >
              {choose}
            </Nothing>
          )}
          {runs && runs.length > 0 && (
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>File</Table.Th>
                  <Table.Th className={classes.roomy}>State</Table.Th>
                  <Table.Th className={`${classes.number} ${classes.roomy}`}>Records</Table.Th>
                  <Table.Th className={classes.number}>New</Table.Th>
                  <Table.Th className={`${classes.number} ${classes.roomy}`}>Known</Table.Th>
                  <Table.Th className={classes.number}>Refused</Table.Th>
                  <Table.Td className={classes.roomy} />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {runs.map((run) => (
                  <ImportRow
                    key={run.id}
                    run={run}
                    unbegun={unbegun(run, runs)}
                    opened={opened === run.id}
                    onToggle={() => void setOpened(opened === run.id ? null : run.id)}
                    onBegun={begun}
                  />
                ))}
              </Table.Tbody>
            </Table>
          )}
        </Paper>
      )}
      <Mappings />
      <UploadDialog
        title="Import a file"
        kinds={KINDS}
        opened={choosing}
        onClose={() => setChoosing(false)}
        onSent={begun}
      />
    </>
  );
}
