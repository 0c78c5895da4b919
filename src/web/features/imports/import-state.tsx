import { Badge } from '@mantine/core';
import type { ImportState } from '#domain/import-run.ts';

const COLOURS: Readonly<Record<ImportState, string>> = {
  running: 'blue',
  done: 'teal',
  stopped: 'orange',
  failed: 'red',
};
const LABELS: Readonly<Record<ImportState, string>> = {
  running: 'At work',
  done: 'Done',
  stopped: 'Stopped',
  failed: 'Failed',
};

/** Of a try nothing comes into the book, however it ends. */
const TRY_LABELS: Readonly<Record<ImportState, string>> = {
  running: 'Trying',
  done: 'Tried',
  stopped: 'Try stopped',
  failed: 'Try failed',
};

/** How an import or a comparison stands. */
export function StateBadge({ state, isDryRun = false }: { readonly state: ImportState; readonly isDryRun?: boolean }) {
  const label = isDryRun ? TRY_LABELS[state] : LABELS[state];
  return (
    <Badge variant="light" color={isDryRun && state === 'done' ? 'grape' : COLOURS[state]} tt="none">
      {label}
    </Badge>
  );
}

export function count(value: number): string {
  return value.toLocaleString('en');
}
