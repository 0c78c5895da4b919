import { z } from 'zod';

const withCode = z.looseObject({ code: z.string() });
const withDriverError = z.looseObject({
  meta: z.looseObject({
    driverAdapterError: z.looseObject({ cause: z.looseObject({ originalCode: z.string() }) }),
  }),
});

/** Not EPIPE, which is of a socket, and not P1001, which is of Prisma. */
const SQL_STATE = /^(?=.*\d)(?!P[1-9])[0-9A-Z]{5}$/;

/** The SQLSTATE of an error that PostgreSQL answered, whether it comes from `pg` or through Prisma; else undefined. */
export function sqlState(error: unknown): string | undefined {
  const throughPrisma = withDriverError.safeParse(error);
  if (throughPrisma.success) return throughPrisma.data.meta.driverAdapterError.cause.originalCode;
  const direct = withCode.safeParse(error);
  return direct.success && SQL_STATE.test(direct.data.code) ? direct.data.code : undefined;
}

/** deadlock_detected, serialization_failure, lock_not_available: rolled back, and the same again can succeed. */
const PASSING: ReadonlySet<string | undefined> = new Set(['40P01', '40001', '55P03']);

export function isPassingConflict(error: unknown): boolean {
  return PASSING.has(sqlState(error));
}

export function isUniqueViolation(error: unknown): boolean {
  return sqlState(error) === '23505';
}

/** Classes 22 (data), 23 (constraint) and 54 (a limit exceeded): this content will never fit. */
export function isDataError(error: unknown): boolean {
  return /^(22|23|54)...$/.test(sqlState(error) ?? '');
}
