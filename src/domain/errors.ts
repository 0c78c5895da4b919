/**
 * The one table of errors: code → HTTP status, whether trying again can help, and a sentence for people.
 * Every answer that is not a success, over any interface, carries a code of this table.
 */
export const ERRORS = {
  INVALID_JSON: { status: 400, retryable: false, message: 'The body is not valid JSON.' },
  INVALID_INPUT: { status: 400, retryable: false, message: 'Some fields are missing or not as they should be.' },
  UNAUTHENTICATED: { status: 401, retryable: false, message: 'Sign in, or send a valid service key.' },
  FORBIDDEN: { status: 403, retryable: false, message: 'You are not allowed to do this.' },
  PASSWORD_CHANGE_REQUIRED: {
    status: 403,
    retryable: false,
    message: 'Choose a password of your own first, at /choose-password: the one you were given opens nothing else.',
  },
  NOT_FOUND: { status: 404, retryable: false, message: 'There is nothing here under that address.' },
  METHOD_NOT_ALLOWED: { status: 405, retryable: false, message: 'This address does not take that method.' },
  CONFLICT: { status: 409, retryable: false, message: 'This does not fit what is already there.' },
  IDEMPOTENCY_CONFLICT: {
    status: 409,
    retryable: false,
    message: 'This idempotency key was used before with a different body.',
  },
  TOO_LARGE: { status: 413, retryable: false, message: 'The body is larger than allowed.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, retryable: false, message: 'Send the body as application/json.' },
  UNKNOWN_TYPE: { status: 422, retryable: false, message: 'This event type is not in the catalogue.' },
  CATEGORY_MISMATCH: { status: 422, retryable: false, message: 'This event type belongs to another category.' },
  IMPOSSIBLE_TIME: { status: 422, retryable: false, message: 'The time given cannot be right.' },
  UNKNOWN_LEAD: { status: 422, retryable: false, message: 'There is no lead with this id in the workspace.' },
  AMBIGUOUS_LEAD: { status: 422, retryable: false, message: 'Several leads share this e-mail or phone number.' },
  LEAD_MISMATCH: { status: 422, retryable: false, message: 'The references given name different leads.' },
  RATE_LIMITED: { status: 429, retryable: true, message: 'Too many requests. Try again after the time given.' },
  INTERNAL: { status: 500, retryable: true, message: 'Something went wrong on our side. Nothing was half done.' },
  UNAVAILABLE: { status: 503, retryable: true, message: 'The book cannot be reached right now. Try again shortly.' },
} as const satisfies Record<string, { status: number; retryable: boolean; message: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** One thing that is wrong with an input: where (a path into it, '' for the whole) and what would be right. */
export interface Issue {
  readonly path: string;
  readonly message: string;
}

/** The one shape of an error answer. `error` repeats a sentence that callers of older systems match on. */
export interface ErrorBody {
  readonly error: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly issues: readonly Issue[];
  readonly requestId: string;
  /** An event that was refused and kept: it waits in quarantine, under this id. */
  readonly status?: 'quarantined';
  readonly quarantineId?: string;
}

export interface AppErrorOptions {
  /** Replaces the table's sentence by one that says more. The first issues are told after it in any case. */
  readonly message?: string;
  readonly issues?: readonly Issue[];
  /** The `error` member of the answer, where an interface has a sentence of its own. */
  readonly error?: string;
  /** Seconds after which trying again makes sense. */
  readonly retryAfter?: number;
  /** Where the refused event waits. */
  readonly quarantineId?: string;
  readonly cause?: unknown;
}

/** How many issues a message tells; the others are counted. */
const TOLD = 2;

/** What a person reads first: the sentence, and which fields are wrong in what way. */
function messageOf(code: ErrorCode, given: string | undefined, issues: readonly Issue[]): string {
  const told = issues.slice(0, TOLD).map(({ path, message }) => `${path || 'body'}: ${message}`);
  const more = issues.length > TOLD ? [`…and ${issues.length - TOLD} more`] : [];
  const details = [...told, ...more].join('; ');
  // Of an input that is wrong the fields say more than the table's sentence; what was told already is not told again.
  const sentence = given ?? (code === 'INVALID_INPUT' && details ? '' : ERRORS[code].message);
  return details && !sentence.endsWith(details) ? `${sentence} ${details}`.trim() : sentence;
}

/** A failure with a code of the table: what every layer throws on purpose. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly issues: readonly Issue[];
  readonly error: string;
  readonly retryAfter: number | undefined;
  readonly quarantineId: string | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    const sentence = options.message ?? ERRORS[code].message;
    const issues = options.issues ?? [];
    super(messageOf(code, options.message, issues), { cause: options.cause });
    this.code = code;
    this.issues = issues;
    this.error = options.error ?? sentence;
    this.retryAfter = options.retryAfter;
    this.quarantineId = options.quarantineId;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }

  /** The same refusal, of an event that is kept under `quarantineId`. */
  inQuarantine(quarantineId: string): AppError {
    const { message, issues, error } = this;
    return new AppError(this.code, { message, issues, error, quarantineId, cause: this });
  }

  /** The answer to send; `requestId` leads a reader of the logs to the cause. */
  toBody(requestId: string): ErrorBody {
    const { error, code, message, issues, quarantineId } = this;
    const body: ErrorBody = { error, code, message, issues, requestId };
    return quarantineId === undefined ? body : { ...body, status: 'quarantined', quarantineId };
  }
}
