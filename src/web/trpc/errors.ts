import { isTRPCClientError } from '@trpc/client';
import type { AppRouter } from '#api/trpc/router.ts';
import { ERRORS, type ErrorBody, type ErrorCode } from '#domain/errors.ts';

const UNREACHABLE = 'The server cannot be reached. Check your connection and try again.';

/** The error body the server sent, or undefined when the answer never came. */
export function errorBody(error: unknown): ErrorBody | undefined {
  return isTRPCClientError<AppRouter>(error) ? error.data?.app : undefined;
}

export function errorCode(error: unknown): ErrorCode | undefined {
  return errorBody(error)?.code;
}

/** One sentence for people: the server's own, with the first field that is wrong. */
export function errorSentence(error: unknown): string {
  const body = errorBody(error);
  if (!body) return UNREACHABLE;
  const issue = body.issues[0];
  if (!issue) return body.message;
  return `${body.message} ${issue.path ? `${issue.path}: ` : ''}${issue.message}`;
}

/** Whether asking again can help: the table says so, or no answer came at all. */
export function isRetryable(error: unknown): boolean {
  const code = errorCode(error);
  return code === undefined || ERRORS[code].retryable;
}
