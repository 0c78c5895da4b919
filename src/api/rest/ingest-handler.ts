/**
 * The two calls that take events, on the bare request and response: like live streams they are dispatched before any
 * framework, whose layers cost as much again as all that is done with an event here (docs/decisions). What they are is
 * said in ingest.ts, for the document; that they keep to the permission table is tested like any route.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { WORKSPACE_HEADER } from '#access/index.ts';
import type { Receipt } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import { forbidden } from '#domain/forbidden.ts';
import { may, type Principal } from '#domain/principal.ts';
import { LIMITS } from '#doors/lead/log-activity.ts';
import { logBatch } from '#doors/lead/log-batch.ts';
import { logOne } from '#doors/lead/log-one.ts';
import { noteCaller, noteRoute } from '#platform/request-scope.ts';
import type { Services } from '../services.ts';
import { readJsonOf } from './body.ts';
import { isDryRun } from './dry-run.ts';
import { toAppError } from './errors.ts';
import { batchBody, contextOf, INGEST_PERMISSION, logActivity, logActivityBatch, statusOf } from './ingest.ts';

interface Answer {
  readonly status: number;
  readonly body: object;
}

type Handle = (services: Services, req: IncomingMessage, principal: Principal, requestId: string) => Promise<Answer>;

const CALLS: ReadonlyMap<string, Handle> = new Map([
  [logActivity.path, takeOne],
  [logActivityBatch.path, takeBatch],
]);

/** Answers the request when it brings events; returns whether it does. */
export function handleIngest(req: IncomingMessage, res: ServerResponse, services: Services): boolean {
  const path = pathOf(req);
  const handle = req.method === 'POST' ? CALLS.get(path) : undefined;
  if (!handle) return false;
  noteRoute(path);
  void answer(handle, req, res, services);
  return true;
}

async function answer(handle: Handle, req: IncomingMessage, res: ServerResponse, services: Services): Promise<void> {
  const requestId = String(req.headers['x-request-id'] ?? '');
  try {
    const principal = await authenticated(req, services);
    const { status, body } = await handle(services, req, principal, requestId);
    send(res, status, body);
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.status >= 500) services.log.error({ err: thrown, requestId, path: pathOf(req) }, 'request failed');
    send(res, error.status, error.toBody(requestId), error.retryAfter);
  }
}

async function authenticated(req: IncomingMessage, { access }: Services): Promise<Principal> {
  const headers = headersOf(req);
  const principal = await access.authenticate(headers);
  if (!principal) throw new AppError('UNAUTHENTICATED', { error: 'Unauthorized' });
  noteCaller(principal);
  if (principal.kind === 'user') access.assertSameOrigin(headers, 'POST');
  access.limitRate(principal);
  if (!may(principal, INGEST_PERMISSION)) throw forbidden(principal, INGEST_PERMISSION);
  return principal;
}

const KEY_HEADERS = ['x-api-key', 'authorization', WORKSPACE_HEADER];

/** Of a service, which says who it is by a key, only what says so: to copy the others would cost more than to check it. */
function headersOf({ headers: given }: IncomingMessage): Headers {
  const headers = new Headers();
  const isByKey = given['x-api-key'] !== undefined || given.authorization !== undefined;
  for (const name of isByKey ? KEY_HEADERS : Object.keys(given)) {
    const value = given[name];
    for (const item of Array.isArray(value) ? value : [value]) if (item !== undefined) headers.append(name, item);
  }
  return headers;
}

async function takeOne(services: Services, req: IncomingMessage, principal: Principal): Promise<Answer> {
  const body = await readJsonOf(req, LIMITS.eventBytes);
  const key = req.headers['idempotency-key'];
  const context = contextOf(services, principal, key === undefined ? key : String(key));
  const receipt: Receipt = await logOne(services, body, context);
  return { status: statusOf(receipt), body: { success: true, ...receipt } };
}

async function takeBatch(
  services: Services,
  req: IncomingMessage,
  principal: Principal,
  requestId: string,
): Promise<Answer> {
  const dryRun = isDryRun(new URLSearchParams(req.url?.split('?', 2)[1]));
  const body = await readJsonOf(req, LIMITS.batchBytes);
  const key = req.headers['idempotency-key'];
  const context = contextOf(services, principal, key === undefined ? key : String(key));
  const results = await logBatch(services, body, { ...context, dryRun });
  return { status: 207, body: batchBody(services, results, dryRun, requestId) };
}

function send(res: ServerResponse, status: number, body: object, retryAfter?: number): void {
  if (res.destroyed || res.closed) return;
  const json = JSON.stringify(body);
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(json) };
  res.writeHead(status, retryAfter === undefined ? headers : { ...headers, 'Retry-After': Math.ceil(retryAfter) });
  res.end(json);
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
