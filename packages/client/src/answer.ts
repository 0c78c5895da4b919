/** What the server said about one event. */
export type Verdict =
  | { readonly kind: 'taken'; readonly status: string }
  /** It can succeed later. */
  | { readonly kind: 'later'; readonly reason: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface Refusal {
  readonly code: string;
  readonly reason: string;
  readonly issues: readonly { readonly path: string; readonly message: string }[];
  readonly quarantineId: string | undefined;
}

/** The verdict on each event of a batch, in order; undefined when this is no answer of Historybook. */
export function verdictsOf(body: unknown, events: number): Verdict[] | undefined {
  const results: unknown = fieldOf(body, 'results');
  if (!Array.isArray(results) || results.length !== events) return undefined;
  const verdicts = results.map(verdictOf);
  return verdicts.every((verdict) => verdict !== undefined) ? verdicts : undefined;
}

function verdictOf(result: unknown): Verdict | undefined {
  const httpStatus = fieldOf(result, 'httpStatus');
  const status = fieldOf(result, 'status');
  if (fieldOf(result, 'success') === true && typeof status === 'string') return { kind: 'taken', status };
  if (typeof httpStatus !== 'number') return undefined;
  const refusal = refusalOf(result);
  if (isPassing(httpStatus)) return { kind: 'later', reason: refusal.reason };
  return { kind: 'refused', refusal };
}

/** Whether the same request can succeed later. */
export function isPassing(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

/** What an error of the server says. */
export function refusalOf(body: unknown): Refusal {
  const quarantineId = textOf(fieldOf(body, 'quarantineId'));
  return {
    code: textOf(fieldOf(body, 'code')) || 'REFUSED',
    reason: textOf(fieldOf(body, 'message')) || textOf(fieldOf(body, 'error')),
    issues: issuesOf(fieldOf(body, 'issues')),
    quarantineId: quarantineId || undefined,
  };
}

function issuesOf(issues: unknown): Refusal['issues'] {
  if (!Array.isArray(issues)) return [];
  return issues.map((issue) => ({ path: textOf(fieldOf(issue, 'path')), message: textOf(fieldOf(issue, 'message')) }));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}
