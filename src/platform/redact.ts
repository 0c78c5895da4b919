const SECRET_KEY =
  /^(authorization|proxy-authorization|cookie|set-cookie|x-api-key|.*(password|passwd|secret|token|apikey|api_key))$/i;
const URL_CREDENTIALS = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*):[^\s/?#@]+@/gi;
const QUERY_SECRETS = /([?&](?:token|access_token|api_key|apikey|key|password|secret)=)[^&\s"']+/gi;
const MAX_DEPTH = 8;

const REDACTED = '[redacted]';

/**
 * A copy of `value` fit for a log: whatever stands under the name of a secret is replaced, at any depth, as are the
 * password of an address and the secrets of a query string inside texts. Deeper than 8 levels, everything is cut.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (depth >= MAX_DEPTH) return '[too deep]';
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  if (value instanceof Error) return redactError(value, depth);
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  return redactEntries(Object.entries(value), depth);
}

/** The same for the fields of one object. */
export function redactFields(fields: object): Record<string, unknown> {
  return redactEntries(Object.entries(fields), 0);
}

/** The same for one text. */
export function redactText(text: string): string {
  return text.replace(URL_CREDENTIALS, `$1:${REDACTED}@`).replace(QUERY_SECRETS, `$1${REDACTED}`);
}

/** Errors keep what explains them: type, message, stack, causes, and own fields such as the code of a database error. */
function redactError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  const known: [string, unknown][] = [
    ['type', name],
    ['message', message],
    ['stack', stack],
    ['cause', cause],
    ['errors', error instanceof AggregateError ? error.errors : undefined],
  ];
  const own = Object.entries(error).filter(([key]) => key !== 'name');
  return redactEntries([...known.filter(([, field]) => field !== undefined), ...own], depth);
}

function redactEntries(entries: readonly [string, unknown][], depth: number): Record<string, unknown> {
  return Object.fromEntries(
    entries.map(([key, item]) => [
      key,
      SECRET_KEY.test(key) && isSecretValue(item) ? REDACTED : redact(item, depth + 1),
    ]),
  );
}

/** `token: true` or `password: null` says something without giving anything away. */
function isSecretValue(value: unknown): boolean {
  return value !== null && value !== undefined && typeof value !== 'boolean';
}
