import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { AppError } from '#domain/errors.ts';
import { noteRoute } from '#platform/request-scope.ts';
import { handleIngest } from '../rest/ingest-handler.ts';
import type { Services } from '../services.ts';
import { handleStream } from '../stream/index.ts';
import { createApi } from './api.ts';
import { handleMetrics } from './metrics-handler.ts';
import { observed, pageRoute } from './observe.ts';
import { API_POLICY, setCommonHeaders, setPagePolicy } from './security-headers.ts';

export interface ServerDeps {
  readonly services: Services;
  /** Renders everything that is not under /api. */
  readonly pages: RequestListener;
}

/**
 * Answers everything. A request is, in this order: a probe, a live stream or events to log (both bare, before any
 * framework), the rest of the API, a page. Each is counted and logged when it has ended (observe.ts).
 */
export function createRequestListener({ services, pages }: ServerDeps): RequestListener {
  const api = getRequestListener(createApi(services).fetch, { overrideGlobalObjects: false });
  const authenticate = (headers: Headers) => services.access.authenticate(headers);

  const dispatch: RequestListener = (req, res) => {
    setCommonHeaders(res);
    const path = pathOf(req);
    if (path === undefined) {
      return void answer(res, 400, new AppError('INVALID_INPUT').toBody(String(req.headers['x-request-id'])));
    }
    if (PROBES.has(path)) {
      noteRoute(path);
      if (path === '/healthz') return void answer(res, 200, { status: 'ok' });
      if (path === '/readyz') return void answerReadiness(services, res);
      return void handleMetrics(req, res, services);
    }
    if (path === '/api' || path.startsWith('/api/')) {
      res.setHeader('Content-Security-Policy', API_POLICY);
      if (handleStream(req, res, { services, authenticate })) return;
      res.setHeader('Cache-Control', 'no-store');
      if (handleIngest(req, res, services)) return;
      return void api(req, res);
    }
    noteRoute(...pageRoute(path));
    setPagePolicy(req, res);
    // Where the person wanted to go, for the way back after signing in.
    req.headers['x-request-path'] = req.url ?? '/';
    pages(req, res);
  };
  const answerObserved = observed(services, dispatch);
  return (req, res) => {
    nameRequest(req, res);
    answerObserved(req, res);
  };
}

const PROBES: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** The id that leads from an answer to its log lines: the caller's own when it is a plain one. */
function nameRequest(req: IncomingMessage, res: ServerResponse): void {
  const given = req.headers['x-request-id'];
  const id = typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
  req.headers['x-request-id'] = id;
  res.setHeader('X-Request-Id', id);
}

/** What a parser of addresses would give back as it is. */
const PLAIN_PATH = /^\/(?!\/)[\w/-]*$/;

function pathOf(req: IncomingMessage): string | undefined {
  const url = req.url ?? '/';
  if (PLAIN_PATH.test(url)) return url;
  return URL.canParse(url, 'http://localhost') ? new URL(url, 'http://localhost').pathname : undefined;
}

async function answerReadiness({ health }: Services, res: ServerResponse): Promise<void> {
  const { ready, problems } = await health.readiness();
  answer(res, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', problems });
}

function answer(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  res.end(JSON.stringify(body));
}
