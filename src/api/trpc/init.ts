import { initTRPC, TRPCError } from '@trpc/server';
import superjson from 'superjson';
import { ZodError } from 'zod';
import { AppError, type ErrorBody, type ErrorCode } from '#domain/errors.ts';
import { forbidden } from '#domain/forbidden.ts';
import { issuesOf } from '#domain/issues.ts';
import { may, type Principal } from '#domain/principal.ts';
import type { Permission } from '#domain/roles.ts';
import { isDatabaseAway } from '#platform/db/away.ts';
import type { Services } from '../services.ts';

export interface TrpcContext {
  readonly services: Services;
  readonly principal: Principal | null;
  /** Why somebody who is known is no principal: the answer of every procedure that is not open to anybody. */
  readonly refusal?: AppError;
  readonly requestId: string;
  readonly headers: Headers;
  /** Headers of the answer, for cookies. */
  readonly resHeaders: Headers;
}

/** Who may call a procedure: a permission, any signed-in principal, or anybody. Every procedure names one. */
export interface ProcedureMeta {
  readonly permission: Permission | 'signed-in' | 'anybody';
}

const t = initTRPC
  .context<TrpcContext>()
  .meta<ProcedureMeta>()
  .create({
    transformer: superjson,
    isDev: false,
    errorFormatter: ({ shape, error, ctx }) => ({
      ...shape,
      data: { ...shape.data, app: bodyOf(error, ctx?.requestId ?? '') },
    }),
  });

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

/** tRPC's own words for the statuses of the error table. */
const TRPC_CODES: Partial<Record<number, TRPCError['code']>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'UNPROCESSABLE_CONTENT',
  429: 'TOO_MANY_REQUESTS',
  503: 'SERVICE_UNAVAILABLE',
};

const APP_CODES: Partial<Record<TRPCError['code'], ErrorCode>> = {
  PARSE_ERROR: 'INVALID_JSON',
  BAD_REQUEST: 'INVALID_INPUT',
  UNAUTHORIZED: 'UNAUTHENTICATED',
  FORBIDDEN: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  METHOD_NOT_SUPPORTED: 'METHOD_NOT_ALLOWED',
  CONFLICT: 'CONFLICT',
  PAYLOAD_TOO_LARGE: 'TOO_LARGE',
  UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  TOO_MANY_REQUESTS: 'RATE_LIMITED',
};

/** An AppError as tRPC throws it, with the same status. */
export function toTrpcError(error: AppError): TRPCError {
  return new TRPCError({
    code: TRPC_CODES[error.status] ?? 'INTERNAL_SERVER_ERROR',
    message: error.message,
    cause: error,
  });
}

/** The one error shape, from whatever tRPC caught. */
function bodyOf(error: TRPCError, requestId: string): ErrorBody {
  if (error.cause instanceof AppError) return error.cause.toBody(requestId);
  if (error.cause instanceof ZodError) {
    return new AppError('INVALID_INPUT', { issues: issuesOf(error.cause) }).toBody(requestId);
  }
  return new AppError(APP_CODES[error.code] ?? 'INTERNAL').toBody(requestId);
}

/** Turns AppErrors into tRPC's errors and keeps everything unexpected from showing its insides. */
const base = t.procedure.use(async ({ next, ctx, path }) => {
  const { clock, metrics, tracing } = ctx.services;
  const startedAt = clock.monotonicMs();
  const result = await tracing.inSpan(path, {}, () => next());
  metrics.procedure(path, result.ok ? 'ok' : 'error', (clock.monotonicMs() - startedAt) / 1000);
  if (result.ok) return result;
  const cause = result.error.cause;
  if (cause instanceof AppError) return { ...result, error: toTrpcError(cause) };
  if (isDatabaseAway(cause)) {
    ctx.services.log.warn({ err: cause, path, requestId: ctx.requestId }, 'procedure without a database');
    return { ...result, error: toTrpcError(new AppError('UNAVAILABLE', { retryAfter: 1, cause })) };
  }
  if (result.error.code === 'INTERNAL_SERVER_ERROR') {
    ctx.services.log.error({ err: cause ?? result.error, path, requestId: ctx.requestId }, 'procedure failed');
    return { ...result, error: toTrpcError(new AppError('INTERNAL', { cause })) };
  }
  return result;
});

/** A procedure that anybody may call. */
export const open = base.meta({ permission: 'anybody' });

const authenticated = base.use(({ ctx, next }) => {
  if (!ctx.principal) throw ctx.refusal ?? new AppError('UNAUTHENTICATED', { error: 'Unauthorized' });
  return next({ ctx: { ...ctx, principal: ctx.principal } });
});

/** A procedure for every signed-in person and every valid key. */
export const signedIn = authenticated.meta({ permission: 'signed-in' });

/** A procedure for principals that have `permission` in their workspace. */
export function permitted(permission: Permission) {
  return authenticated.meta({ permission }).use(({ ctx, next }) => {
    if (!may(ctx.principal, permission)) throw forbidden(ctx.principal, permission);
    return next();
  });
}
