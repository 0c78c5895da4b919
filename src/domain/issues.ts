import { z } from 'zod';
import { AppError, type AppErrorOptions, type Issue } from './errors.ts';
import { wordingOf } from './wording.ts';

// For every parse of the process, also those of the web app's procedures; the sentence of a schema wins over it.
z.config({ customError: wordingOf });

/** The issues of a failed parse, each with the path of its field as `a.b.0.c`. */
export function issuesOf(error: z.ZodError): Issue[] {
  return error.issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: issue.message }));
}

export type Parsed<T> =
  | { readonly success: true; readonly data: T }
  | { readonly success: false; readonly issues: readonly Issue[]; readonly cause: unknown };

/**
 * The value as the schema makes it, or its issues; never throws. zod's limits of length compare whatever `length` a value
 * has, and throw a TypeError when that is an object like `{"valueOf":0,"toString":0}`, which any JSON can hold.
 */
export function safeParse<T extends z.ZodType>(schema: T, value: unknown): Parsed<z.output<T>> {
  try {
    const result = schema.safeParse(value);
    return result.success ? result : { success: false, issues: issuesOf(result.error), cause: result.error };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { success: false, issues: [{ path: '', message: 'holds a value of a wrong type' }], cause: error };
  }
}

/** Parses `value` or throws INVALID_INPUT naming every field that is wrong. */
export function parseInput<T extends z.ZodType>(
  schema: T,
  value: unknown,
  options: Omit<AppErrorOptions, 'issues'> = {},
): z.output<T> {
  const result = safeParse(schema, value);
  if (result.success) return result.data;
  throw new AppError('INVALID_INPUT', { ...options, issues: result.issues, cause: result.cause });
}
