import { isTRPCClientError } from '@trpc/client';
import type { AppRouter } from '#api/trpc/router.ts';
import { ERRORS, type ErrorBody, type ErrorCode, type Issue } from '#domain/errors.ts';

const UNREACHABLE = 'The server cannot be reached. Check your connection and try again.';

/** Where the server's sentence speaks to programs, or leaves open what becomes of what was typed. */
const FOR_PEOPLE: Partial<Record<ErrorCode, string>> = {
  UNAUTHENTICATED: 'You are signed out. Sign in again in another tab and repeat this: what you wrote stays here.',
  UNAVAILABLE: 'The database is away right now, and nothing was changed. Try again when it is back.',
};

/** The error body the server sent, or undefined when the answer never came. */
export function errorBody(error: unknown): ErrorBody | undefined {
  return isTRPCClientError<AppRouter>(error) ? error.data?.app : undefined;
}

/** Whether the server or its database may be away: no answer came, or one that says so. */
export function mayBeAway(error: unknown): boolean {
  const code = errorCode(error);
  return code === undefined || code === 'UNAVAILABLE';
}

export function errorCode(error: unknown): ErrorCode | undefined {
  return errorBody(error)?.code;
}

/** What a form calls its fields: the path of each in the input, or the end of that, and the label it has on the page. */
export type FieldLabels = Readonly<Record<string, string>>;

/** One sentence for people: the server's own, which tells the first fields that are wrong, under the labels they have here. */
export function errorSentence(error: unknown, labels: FieldLabels = {}): string {
  const body = errorBody(error);
  if (!body) return UNREACHABLE;
  return FOR_PEOPLE[body.code] ?? body.issues.reduce((said, issue) => relabelled(said, issue, labels), body.message);
}

function relabelled(said: string, { path, message }: Issue, labels: FieldLabels): string {
  const label = labelOf(path, labels);
  return label === undefined ? said : said.replace(`${path}: ${message}`, () => `${label}: ${message}`);
}

/** Of `rule.params.minutes` also by `params.minutes` or `minutes`, of `scopes.0` by `scopes`. */
function labelOf(path: string, labels: FieldLabels): string | undefined {
  const parts = path.split('.');
  for (let to = parts.length; to > 0; to -= 1) {
    for (let from = 0; from < to; from += 1) {
      const known = parts.slice(from, to).join('.');
      if (Object.hasOwn(labels, known)) return labels[known];
    }
  }
  return undefined;
}

/** Whether asking again can help: the table says so, or no answer came at all. */
export function isRetryable(error: unknown): boolean {
  const code = errorCode(error);
  return code === undefined || ERRORS[code].retryable;
}
