/** What the bridge answered, read out of the error that n8n made of it. */

/** Answers that will be the same however often the entry is sent: something is wrong with the entry itself. */
const REFUSALS = [400, 409, 413, 415, 422];

/**
 * Whether a status refuses the entry for good. A wrong address (404, 405) or key (401, 403) is no fault of the entry: it
 * waits until that is put right, as it does for 429, 5xx and no answer at all.
 */
export function isRefusal(status) {
  return REFUSALS.includes(status);
}

/**
 * The status (undefined when there was no answer) and the body. n8n hands on an error whose message is
 * `422 - "{…the body as text…}"`; versions differ in where else they put status and body.
 */
export function readFailure(error) {
  const message = typeof error === 'string' ? error : String(error?.message ?? error?.description ?? 'no answer');
  const [, inMessage, rest] = /^(\d{3}) - ([\s\S]*)$/.exec(message) ?? [];
  const status = Number(error?.status ?? error?.statusCode ?? error?.httpCode ?? error?.response?.status ?? inMessage);
  const body = bodyIn(error?.response?.body) ?? bodyIn(error?.error) ?? bodyIn(rest) ?? {};
  return {
    status: Number.isInteger(status) && status >= 100 ? status : undefined,
    body,
    message: body.message ?? body.error ?? message,
  };
}

function bodyIn(value) {
  if (value !== null && typeof value === 'object') return value;
  if (typeof value !== 'string') return undefined;
  try {
    // Text of a text: the message holds the body as a JSON string.
    return bodyIn(JSON.parse(value));
  } catch {
    return undefined;
  }
}

/** One line for a person: status, code, sentence, and what is wrong with which field. */
export function reasonOf({ status, body, message }) {
  const issues = Array.isArray(body.issues) ? body.issues : [];
  const named = issues.map((issue) => `${issue.path ? `${issue.path}: ` : ''}${issue.message}`);
  const head = [status ?? 'no answer', body.code].filter(Boolean).join(' ');
  return `${head}: ${[message, ...named].join('; ')}`.slice(0, 1000);
}
