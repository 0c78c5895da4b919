/**
 * Live streams over HTTP, on the bare response: they are dispatched before any framework, because a framework's own
 * streams cost many times what writing shared bytes costs.
 *
 *   GET /api/stream                    server-sent events for any EventSource
 *   GET /api/trpc/live.activities      the same for tRPC's httpSubscriptionLink
 *
 * What both send is decided in live/; here is only how it is asked for and spelled.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { noteRoute } from '#platform/request-scope.ts';
import type { StreamDeps } from './deps.ts';
import { servePlainStream } from './plain-stream.ts';
import { serveTrpcStream } from './trpc-stream.ts';

export const PLAIN_PATH = '/api/stream';
export const TRPC_PATH = '/api/trpc/live.activities';

/** Answers the request when it is one for a live stream; returns whether it is. */
export function handleStream(req: IncomingMessage, res: ServerResponse, deps: StreamDeps): boolean {
  const path = req.url?.split('?', 1)[0];
  if (path !== PLAIN_PATH && path !== TRPC_PATH) return false;
  const url = new URL(req.url ?? '/', 'http://localhost');
  if (path === PLAIN_PATH) {
    noteRoute(PLAIN_PATH);
    void servePlainStream(req, res, url, deps);
    return true;
  }
  // Batches and other methods are none of ours: tRPC itself knows what to say to them.
  if (req.method !== 'GET' || url.searchParams.has('batch')) return false;
  noteRoute(TRPC_PATH);
  void serveTrpcStream(req, res, url, deps);
  return true;
}
