import { AppError } from '#domain/errors.ts';

/**
 * Whether a route that can be tried first is asked to change nothing.
 * @throws AppError for any other word than those documented: a dry run that is none would store for good
 */
export function isDryRun(query: URLSearchParams): boolean {
  const names = [...query.keys()];
  const stranger = names.find((name) => name !== 'dryRun');
  const value = query.get('dryRun') ?? '0';
  if (stranger === undefined && ['0', '1', 'true', 'false'].includes(value)) return value === '1' || value === 'true';
  const issue =
    stranger === undefined
      ? { path: 'dryRun', message: 'must be 1 or 0' }
      : { path: stranger, message: 'is not a parameter of this route; did you mean dryRun?' };
  throw new AppError('INVALID_INPUT', { issues: [issue] });
}
