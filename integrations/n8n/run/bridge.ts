/** The bridge as n8n sees it: the real one behind an address that can be taken away, fail, or lose answers. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';

/**
 * `up`: requests reach the bridge. `down`: nobody listens at its address. `500`: a broken one answers. `answer lost`: the
 * bridge takes each request, but the connection is cut before the first answer to it. `401`: requests arrive without a key.
 */
export type BridgeState = 'up' | 'down' | '500' | 'answer lost' | '401';

export interface BridgeRequest {
  /** Idempotency keys of the events in it. */
  readonly keys: readonly string[];
  /** What n8n was answered; undefined when the answer was lost. */
  readonly status: number | undefined;
}

export interface Bridge {
  readonly url: string;
  /** Every request that arrived since `forget`, in order. */
  readonly requests: readonly BridgeRequest[];
  forget(): void;
  set(state: BridgeState): Promise<void>;
  close(): Promise<void>;
}

const BROKEN = { error: 'Internal server error', code: 'INTERNAL', message: 'Something went wrong on our side.' };
const entry = z.object({ idempotencyKey: z.string().optional() });
const request = z.union([z.object({ events: z.array(entry) }), entry.transform((one) => ({ events: [one] }))]);

/** @param target address of the real bridge, which runs all the time */
export async function openBridge(target: string, port: number): Promise<Bridge> {
  const requests: BridgeRequest[] = [];
  const seen = new Set<string>();
  let state: BridgeState = 'up';
  let server: Server | undefined;

  const answer = async (req: IncomingMessage, res: ServerResponse) => {
    const body = (await buffer(req)).toString();
    const { events } = request.parse(JSON.parse(body));
    const keys = events.flatMap(({ idempotencyKey }) => idempotencyKey ?? []);
    if (state === '500') {
      requests.push({ keys, status: 500 });
      res.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify(BROKEN));
      return;
    }
    const answered = await fetch(`${target}${req.url}`, { method: 'POST', headers: headersOf(req, state), body });
    const text = await answered.text();
    const isLost = state === 'answer lost' && !seen.has(body);
    seen.add(body);
    requests.push({ keys, status: isLost ? undefined : answered.status });
    if (isLost) res.destroy();
    else res.writeHead(answered.status, { 'content-type': 'application/json' }).end(text);
  };

  const set = async (next: BridgeState) => {
    state = next;
    if (next === 'down') await closed(server);
    server = next === 'down' ? undefined : (server ?? (await listening(port, answer)));
  };
  await set('up');
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    forget: () => requests.splice(0),
    set,
    close: () => set('down'),
  };
}

/** Was the bridge asked exactly so often, and answered each time that it has the event? */
export function isKnown(requests: readonly BridgeRequest[], times: number): boolean {
  return requests.length === times && requests.every(({ status }) => status === 200);
}

function headersOf(req: IncomingMessage, state: BridgeState): Record<string, string> {
  const key = state === '401' ? undefined : req.headers['x-api-key'];
  return { 'content-type': 'application/json', ...(typeof key === 'string' && { 'x-api-key': key }) };
}

function listening(port: number, listener: (...args: Parameters<RequestListener>) => Promise<void>): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((req, res) => {
      listener(req, res).catch((error: unknown) => res.writeHead(502).end(String(error)));
    });
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function closed(server: Server | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (!server) return resolve();
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
