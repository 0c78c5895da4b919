import type { z } from 'zod';
import { AppError, type AppErrorOptions, type Issue } from './errors.ts';

/** The issues of a failed parse, each with the path of its field as `a.b.0.c`. */
export function issuesOf(error: z.ZodError): Issue[] {
  return error.issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message }));
}

/** Parses `value` or throws INVALID_INPUT naming every field that is wrong. */
export function parseInput<T extends z.ZodType>(
  schema: T,
  value: unknown,
  options: Omit<AppErrorOptions, 'issues'> = {},
): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AppError('INVALID_INPUT', { ...options, issues: issuesOf(result.error), cause: result.error });
}
