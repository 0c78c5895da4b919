import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '#domain/errors.ts';
import { may } from '#domain/principal.ts';
import { noteCaller } from '#platform/request-scope.ts';
import { toAppError } from '../rest/errors.ts';
import type { Services } from '../services.ts';

/**
 * `GET /metrics` for Prometheus: for METRICS_TOKEN as a bearer token, or a service key with ops:read. Numbers of the whole
 * process, so of no workspace; there is no exception for callers of this machine, since behind a proxy everybody is one.
 */
export async function handleMetrics(req: IncomingMessage, res: ServerResponse, services: Services): Promise<void> {
  try {
    if (req.method !== 'GET') throw new AppError('METHOD_NOT_ALLOWED');
    await assertAllowed(req, services);
    const text = await services.health.exposition();
    res.writeHead(200, { 'Content-Type': services.metrics.registry.contentType, 'Cache-Control': 'no-store' });
    res.end(text);
  } catch (thrown) {
    const error = toAppError(thrown);
    const requestId = String(req.headers['x-request-id'] ?? '');
    if (error.status >= 500) services.log.error({ err: thrown, requestId }, 'metrics could not be shown');
    res.writeHead(error.status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    res.end(JSON.stringify(error.toBody(requestId)));
  }
}

async function assertAllowed(req: IncomingMessage, { access, config }: Services): Promise<void> {
  const { authorization = '', 'x-api-key': key } = req.headers;
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (config.metricsToken !== undefined && token !== undefined && isSame(token, config.metricsToken)) return;
  const headers = new Headers();
  if (typeof key === 'string') headers.set('x-api-key', key);
  else if (token !== undefined) headers.set('x-api-key', token);
  const principal = await access.authenticate(headers);
  if (!principal) throw new AppError('UNAUTHENTICATED', { error: 'Unauthorized' });
  access.limitRate(principal);
  noteCaller(principal);
  if (!may(principal, 'ops:read')) throw new AppError('FORBIDDEN', { error: 'Forbidden' });
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
