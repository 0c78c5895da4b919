import type { IncomingMessage, ServerResponse } from 'node:http';
import { WORKSPACE_HEADER } from '#access/index.ts';
import type { FrameFormat, StartStream } from '#live/index.ts';

/** Headers of a stream: nothing on the way may keep, change, compress or collect it. */
const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
  Connection: 'close',
};

/** Starts the stream on this response: its head is sent once there is room for it. */
export function beginStream(res: ServerResponse, start: StartStream, format: FrameFormat): void {
  // A client that left meanwhile has had its 'close': nobody would hear of it again.
  if (res.destroyed || res.closed) return;
  start(() => {
    sendStreamHead(res);
    return res;
  }, format);
}

/** A stream of one chunk: why there is none. */
export function endStreamWith(res: ServerResponse, bytes: Buffer): void {
  if (res.destroyed || res.closed) return;
  sendStreamHead(res);
  res.end(bytes);
}

function sendStreamHead(res: ServerResponse): void {
  // The end of the connection ends the body: chunks would be made anew for every socket, these bytes are shared.
  res.useChunkedEncodingByDefault = false;
  res.socket?.setNoDelay(true);
  res.writeHead(200, STREAM_HEADERS);
}

export function sendJson(res: ServerResponse, status: number, body: unknown, retryAfter?: number): void {
  if (res.destroyed || res.closed) return;
  const headers = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };
  res.writeHead(status, retryAfter === undefined ? headers : { ...headers, 'Retry-After': Math.ceil(retryAfter) });
  res.end(JSON.stringify(body));
}

/**
 * The request's headers, with the workspace that its address may name: an EventSource cannot send headers, and the
 * cookie is shared by tabs that are in different workspaces.
 */
export function headersOf(req: IncomingMessage, url: URL): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) {
    for (const item of Array.isArray(value) ? value : [value]) if (item !== undefined) headers.append(name, item);
  }
  const workspace = url.searchParams.get('workspace');
  if (workspace && !headers.has(WORKSPACE_HEADER)) headers.set(WORKSPACE_HEADER, workspace);
  return headers;
}

/** Where the client was: what it sends when it connects again wins over what its address says. */
export function lastEventIdOf(headers: Headers, url: URL): string | undefined {
  return headers.get('last-event-id') ?? url.searchParams.get('lastEventId') ?? undefined;
}
