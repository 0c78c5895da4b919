import type { ImportRunView } from '#domain/import-run.ts';

type Run = Pick<ImportRunView, 'id' | 'origin' | 'state' | 'fileName'> & {
  readonly counts: Pick<ImportRunView['counts'], 'records'>;
};

/**
 * What an import says of which no record is dealt with yet. The server works on one file at a time; what a command works
 * on stands in no line, and holds nobody up. Files of other workspaces are not known here.
 */
export function unbegun(run: Run, runs: readonly Run[]): string {
  const first =
    run.origin === 'command'
      ? undefined
      : runs.find(
          ({ id, origin, state, counts }) =>
            id !== run.id && origin !== 'command' && state === 'running' && counts.records > 0,
        );
  return first ? `Waiting to begin: one file is worked on at a time, now ${first.fileName}` : 'Beginning';
}
