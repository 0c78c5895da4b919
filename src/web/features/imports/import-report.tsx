'use client';

import { Button, Code, Group, List, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ImportNotice, ImportReason, ImportRunView } from '#domain/import-run.ts';
import { count } from './import-state.tsx';
import classes from './imports.module.css';

/** What became of an import: why records were refused, with examples, and what is worth knowing of those taken. */
export function ImportReport({ run }: { readonly run: ImportRunView }) {
  const { report, counts, isDryRun, state } = run;
  const { reasons, notices } = report;
  const lacking = notices.filter(({ kind }) => kind === 'column missing');
  const others = notices.filter(({ kind }) => kind !== 'column missing');
  return (
    <Stack gap="sm" p="xs" className={classes.report ?? ''}>
      <Text size="sm">{summary(run)}</Text>
      {reasons.length > 0 && (
        <section aria-label="Refused">
          <Group justify="space-between" mb={4}>
            <h3 className={classes.heading}>{isDryRun ? 'Would be refused' : 'Refused'}</h3>
            <Button
              component="a"
              href={`/api/admin/imports/${run.id}/rejected`}
              download
              size="compact-sm"
              variant="default"
              leftSection={<IconDownload size={14} aria-hidden />}
            >
              {`Download ${counts.rejected === 1 ? 'the record' : `all ${count(counts.rejected)}`}`}
            </Button>
          </Group>
          <List size="sm" spacing={6}>
            {reasons.map((reason) => (
              <Reason key={`${reason.code} ${reason.path}`} reason={reason} />
            ))}
          </List>
          <Text size="xs" c="dimmed" mt={6}>
            The file has the records as they came, and why. Put them right in it and import it by the same mapping.
          </Text>
        </section>
      )}
      {notices.length > 0 && (
        <section aria-label="Worth knowing">
          <h3 className={classes.heading}>Taken, and worth knowing</h3>
          <List size="sm" spacing={2}>
            {lacking.length > 0 && (
              <List.Item>
                {lacking.length === 1 ? 'Not in the file, left out: column ' : 'Not in the file, left out: columns '}
                <b>{lacking.map(({ column }) => column).join(', ')}</b>
              </List.Item>
            )}
            {others.map((notice) => (
              <Notice key={`${notice.kind} ${notice.column} ${notice.detail}`} notice={notice} />
            ))}
          </List>
        </section>
      )}
      {reasons.length === 0 && notices.length === 0 && state === 'done' && (
        <Text size="sm" c="dimmed">
          Every record was taken as it is.
        </Text>
      )}
    </Stack>
  );
}

function summary({ counts, isDryRun }: ImportRunView): string {
  const { records, stored, duplicates, rejected, withoutEvent, leadsCreated } = counts;
  const more = [
    duplicates > 0 && `${count(duplicates)} were there already`,
    leadsCreated > 0 && `${count(leadsCreated)} leads made`,
    withoutEvent > 0 && `${count(withoutEvent)} records say of no event`,
    `${count(rejected)} refused`,
  ].filter((part) => part !== false);
  const activities = stored === 1 ? '1 activity' : `${count(stored)} activities`;
  const verb = stored === 1 ? 'is' : 'are';
  const brought = isDryRun ? `${activities} would be new` : `${activities} ${verb} new in the book`;
  return `${count(records)} records: ${brought}, ${more.join(', ')}.`;
}

function Reason({ reason: { code, path, count: times, examples } }: { readonly reason: ImportReason }) {
  return (
    <List.Item>
      <b>{count(times)}</b> <Code>{code}</Code>
      {path && <> in {path}</>}
      {[...Map.groupBy(examples.slice(0, 3), ({ message }) => message)].map(([message, alike]) => (
        <Text key={message} size="xs" c="dimmed" className={classes.example}>
          {`${alike.length === 1 ? 'line' : 'lines'} ${alike.map(({ line }) => line).join(', ')}: ${message}`}
        </Text>
      ))}
    </List.Item>
  );
}

function Notice({ notice: { kind, column, detail, count: times, lines } }: { readonly notice: ImportNotice }) {
  const where = lines.length > 0 ? `, line ${lines.slice(0, 3).join(', ')}${times > 3 ? ' …' : ''}` : '';
  return (
    <List.Item>
      <b>{count(times)}</b> {column}: {detail}
      {kind === 'corrected' && ' (put right)'}
      <Text span size="xs" c="dimmed">
        {where}
      </Text>
    </List.Item>
  );
}
