import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { inRequest, type RequestScope } from '#platform/request-scope.ts';
import type { Services } from '../services.ts';

export type ObservedServices = Pick<Services, 'metrics' | 'requestLog' | 'tracing' | 'clock'>;

/** The caller was gone before there was an answer; the number nginx uses for it. */
const CLIENT_CLOSED = 499;
/** Whatever answers nothing else: an address that nothing knows, or a request that was given up before it was looked at. */
export const UNMATCHED = '(unmatched)';

/** Gives every request its id and its scope; counts, logs and traces it when its answer has ended. */
export function observed(services: ObservedServices, answer: RequestListener): RequestListener {
  const { tracing, clock } = services;
  return (req, res) => {
    const startedAt = clock.monotonicMs();
    const method = req.method ?? '';
    const scope: RequestScope = {
      id: String(req.headers['x-request-id'] ?? ''),
      route: UNMATCHED,
      group: undefined,
      callerKind: undefined,
      workspaceId: undefined,
      span: tracing.beginRequest(method, headerOf(req, 'traceparent')),
    };
    res.once('close', () => end(services, method, res, scope, clock.monotonicMs() - startedAt));
    inRequest(scope, () => answer(req, res));
  };
}

function end(services: ObservedServices, method: string, res: ServerResponse, scope: RequestScope, ms: number): void {
  const { id: requestId, route, group, callerKind, workspaceId, span } = scope;
  const status = res.headersSent ? res.statusCode : CLIENT_CLOSED;
  const isMinor = MINOR.has(group ?? route);
  services.metrics.request(method, group ?? route, status, ms / 1000);
  const caller = callerKind ?? 'nobody';
  services.requestLog.write({ requestId, method, route, status, durationMs: ms, caller, workspaceId, isMinor });
  if (span) services.tracing.endRequest(span, `${method} ${route}`, status);
}

export const ASSETS = '(assets)';
export const PAGES = '(pages)';
const MINOR: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics', ASSETS]);

function headerOf(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name];
  return typeof value === 'string' ? value : undefined;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const LONGEST_ROUTE = 120;

/** The pattern of a page's address, and under what it is counted. */
export function pageRoute(path: string): [route: string, group: string] {
  if (path.startsWith('/_next/') || /\.\w{2,5}$/.test(path)) return [ASSETS, ASSETS];
  return [path.replace(UUID, ':id').slice(0, LONGEST_ROUTE), PAGES];
}
