import { closest } from '#domain/closest.ts';
import { AppError, type Issue } from '#domain/errors.ts';
import type { RecordMapper } from './map-record.ts';

/** Columns of a mapping under the names that they have in a file: ours → theirs. */
export type ColumnNames = Readonly<Record<string, string>>;

/**
 * A column that the mapping does not have would be given a name for nothing.
 * @throws AppError INVALID_INPUT naming each, and what was probably meant
 */
export function assertKnownColumns({ mapping, columns }: RecordMapper, names: ColumnNames): void {
  const known = `its columns are: ${columns.join(', ')}`;
  const issues = Object.entries(names).flatMap(([ours, theirs]): Issue[] => {
    if (columns.includes(ours)) return [];
    const is = `is no column of the mapping ${mapping.name}`;
    if (columns.includes(theirs)) {
      return [{ path: ours, message: `${is}, but ${theirs} is: the mapping's name comes first, as ${theirs}=${ours}` }];
    }
    const meant = closest(ours, columns);
    return [{ path: ours, message: meant ? `${is}: did you mean ${meant}? ${capital(known)}` : `${is}; ${known}` }];
  });
  refuse(issues);
}

/** @throws AppError INVALID_INPUT naming each name that the file's header does not have */
export function assertThere(names: ColumnNames, there: readonly string[]): void {
  const known = there.filter((name) => name !== '');
  const issues = Object.entries(names).flatMap(([ours, theirs]): Issue[] => {
    if (there.includes(theirs)) return [];
    const meant = closest(theirs, known);
    const why = `is to be read from ${theirs}, which is not in the file${meant ? `: did you mean ${meant}?` : ';'}`;
    return [{ path: ours, message: `${why} ${meant ? 'It' : 'it'} has: ${known.join(', ')}` }];
  });
  refuse(issues);
}

function refuse(issues: readonly Issue[]): void {
  if (issues.length === 0) return;
  throw new AppError('INVALID_INPUT', { message: 'The names given for columns cannot be used.', issues });
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
