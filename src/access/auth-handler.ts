import { z } from 'zod';
import { AppError, type ErrorCode } from '#domain/errors.ts';
import { parseInput } from '#domain/issues.ts';
import { addressGroup } from './address.ts';
import { ADDRESS_HEADER, AUTH_BASE_PATH, type Auth } from './auth.ts';
import type { RateLimiter } from './rate-limit.ts';
import { assertSameOrigin, isFromBrowser } from './same-origin.ts';

/**
 * The part of better-auth that is open to the world: what is not in this table does not exist. No sign-up, no reset by
 * mail, no changing of addresses, nothing that redirects.
 */
const ENDPOINTS = {
  '/sign-in/email': {
    body: z.object({
      email: z.string().trim().max(320),
      password: z.string().max(1_000),
      rememberMe: z.boolean().optional(),
    }),
    /** One answer for a wrong address, a wrong password and a person who is disabled. */
    refusal: 'The e-mail address or the password is wrong.',
    isLimited: true,
  },
  '/change-password': {
    // The other sessions end with the old password.
    body: z
      .object({ currentPassword: z.string().max(1_000), newPassword: z.string().max(1_000) })
      .refine(({ currentPassword, newPassword }) => newPassword !== currentPassword, {
        path: ['newPassword'],
        error: 'must not be the password that you have now',
      })
      .transform((body) => ({ ...body, revokeOtherSessions: true })),
    refusal: undefined,
    isLimited: true,
  },
  '/sign-out': {
    body: z
      .object({})
      .optional()
      .transform(() => ({})),
    refusal: undefined,
    isLimited: false,
  },
} as const;

/** Far above what the bodies above need, in bytes. */
const MAX_BODY = 16_384;

export interface AuthHandlerDeps {
  readonly auth: Auth;
  readonly origins: readonly string[];
  /** Attempts that fail, by group of addresses. */
  readonly attempts: RateLimiter;
  /** Whether the person has to choose a password before anything else opens. */
  readonly hasOneTimePassword: (userId: string) => Promise<boolean>;
  /** Told of every attempt to sign in that failed, the ones that were too many included. */
  readonly onSignInFailed?: ((attempt: FailedSignIn) => void) | undefined;
}

export interface FailedSignIn {
  /** As it was typed. */
  readonly email: string;
  /** Where it came from: an IPv4 address, or the network of an IPv6 one. */
  readonly address: string;
}

/**
 * Answers a POST under /api/auth: sign-in, sign-out, change of one's password, all with JSON bodies. Success is
 * `{ user }` or `{}`, without the session's token, which belongs in its cookie alone; after signing in also whether the
 * password has to be changed before anything else opens.
 * @throws AppError for everything else.
 */
export function createAuthHandler({ auth, origins, attempts, hasOneTimePassword, onSignInFailed }: AuthHandlerDeps) {
  return async (request: Request, address: string): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const path = pathname.slice(AUTH_BASE_PATH.length);
    const endpoint = isEndpoint(path) ? ENDPOINTS[path] : undefined;
    if (!endpoint) throw new AppError('NOT_FOUND');
    if (request.method !== 'POST') throw new AppError('METHOD_NOT_ALLOWED');
    // Signing somebody in as somebody else is an attack too (login CSRF), so this does not wait for a cookie.
    if (isFromBrowser(request.headers) || request.headers.has('cookie')) {
      assertSameOrigin(request.headers, request.method, origins);
    }
    const body = parseInput(endpoint.body, await readJson(request));

    const group = addressGroup(address);
    const noteFailure = () => {
      if ('email' in body) onSignInFailed?.({ email: body.email, address: group });
    };
    if (endpoint.isLimited) takeOr(noteFailure, () => attempts.take(group));
    const answer = await auth.handle(forward(request, body, address, origins[0]));
    if (answer.status === 401 || answer.status === 403) noteFailure();
    if (!answer.ok) throw await toAppError(answer, endpoint.refusal);
    if (endpoint.isLimited) attempts.giveBack(group);
    return withoutToken(answer, path === '/sign-in/email' ? hasOneTimePassword : undefined);
  };
}

function takeOr(onRefusal: () => void, take: () => void): void {
  try {
    take();
  } catch (error) {
    onRefusal();
    throw error;
  }
}

function isEndpoint(path: string): path is keyof typeof ENDPOINTS {
  return Object.hasOwn(ENDPOINTS, path);
}

/** The request better-auth gets: our own body and address in place of what the client sent. */
function forward(request: Request, body: unknown, address: string, ownOrigin = ''): Request {
  const headers = new Headers(request.headers);
  headers.set(ADDRESS_HEADER, address);
  headers.set('content-type', 'application/json');
  // It knows Origin alone; that the page is ours, Sec-Fetch-Site has said.
  if (headers.has('sec-fetch-site') && !headers.has('origin')) headers.set('origin', ownOrigin);
  headers.delete('content-length');
  headers.delete('transfer-encoding');
  return new Request(request.url.split('?')[0] ?? request.url, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function readJson(request: Request): Promise<unknown> {
  const text = await readText(request);
  if (text === '') return undefined;
  // Only JSON: another site's form cannot send it without asking first.
  if (!/^application\/json\b/i.test(request.headers.get('content-type') ?? '')) {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE');
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('INVALID_JSON', { cause });
  }
}

async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BODY) throw new AppError('TOO_LARGE');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const CODES: Readonly<Partial<Record<number, ErrorCode>>> = {
  400: 'INVALID_INPUT',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

const failure = z.object({ message: z.string() });

/** better-auth's refusal as an error of the one table. */
async function toAppError(answer: Response, refusal: string | undefined): Promise<AppError> {
  if (answer.status >= 500) return new AppError('UNAVAILABLE', { retryAfter: 1 });
  if (refusal && answer.status === 401) return new AppError('UNAUTHENTICATED', { message: refusal });
  const message = failure.safeParse(await answer.json().catch(() => undefined)).data?.message;
  return new AppError(CODES[answer.status] ?? 'INTERNAL', message ? { message } : {});
}

const success = z.object({ user: z.object({ id: z.string(), name: z.string(), email: z.string() }).optional() });

async function withoutToken(
  answer: Response,
  hasOneTimePassword?: AuthHandlerDeps['hasOneTimePassword'],
): Promise<Response> {
  const { user } = success.parse(await answer.json());
  const headers = new Headers({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  for (const cookie of answer.headers.getSetCookie()) headers.append('set-cookie', cookie);
  const passwordChangeRequired = user && (await hasOneTimePassword?.(user.id));
  return new Response(JSON.stringify({ user, passwordChangeRequired }), { status: 200, headers });
}
