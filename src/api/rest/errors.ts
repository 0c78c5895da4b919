import { HTTPException } from 'hono/http-exception';
import { ZodError } from 'zod';
import { AppError } from '#domain/errors.ts';
import { issuesOf } from '#domain/issues.ts';
import { isDatabaseAway } from '#platform/db/away.ts';

/** The one mapper: whatever was thrown becomes an error of the table. What nobody foresaw becomes INTERNAL. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof ZodError) return new AppError('INVALID_INPUT', { issues: issuesOf(thrown), cause: thrown });
  if (thrown instanceof HTTPException && thrown.status === 400) return new AppError('INVALID_JSON', { cause: thrown });
  if (thrown instanceof URIError) return new AppError('INVALID_INPUT', { message: 'The address is not valid.' });
  if (isDatabaseAway(thrown)) return new AppError('UNAVAILABLE', { retryAfter: 1, cause: thrown });
  return new AppError('INTERNAL', { cause: thrown });
}
