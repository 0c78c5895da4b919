import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

type Body = Readonly<Record<string, unknown>>;

/** A request as the bridge sees it. */
export interface Request {
  readonly events: readonly Body[];
  readonly bytes: number;
  readonly headers: IncomingMessage['headers'];
  /** The how-manieth, from 1. */
  readonly number: number;
}

/** What a test has it answer: a status, with headers and a body if need be, or what it does with the bare response. */
export type Reply =
  | number
  | { status: number; headers?: Record<string, string>; body?: unknown }
  | ((res: ServerResponse) => void);

/** A server on loopback that takes events as Historybook does, or does to a request what a test wants. */
export interface Bridge {
  readonly url: string;
  /** Each event once, by its key, in the order in which they came. */
  readonly book: ReadonlyMap<string, Body>;
  readonly requests: readonly Request[];
  /** Asked before a request is taken; undefined lets it pass. */
  reply: (request: Request) => Reply | undefined;
  /** Asked for each event of a request that passes; undefined stores it. */
  judge: (event: Body) => Body | undefined;
  /** Goes away, and comes back on the same port. */
  shut(): Promise<void>;
  open(): Promise<void>;
}

export async function startBridge(): Promise<Bridge> {
  const book = new Map<string, Body>();
  const requests: Request[] = [];
  let server: Server;
  let port = 0;

  const bridge: Bridge = {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    book,
    requests,
    reply: () => undefined,
    judge: () => undefined,
    async shut() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    async open() {
      server = createServer((req, res) => void take(req, res));
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      port = (server.address() as AddressInfo).port;
    },
  };

  const judge = (event: Body): Body => {
    const refusal = bridge.judge(event);
    if (refusal) return { success: false, ...refusal };
    const key = String(event.idempotencyKey);
    const isKnown = book.has(key);
    book.set(key, event);
    return { success: true, httpStatus: isKnown ? 200 : 201, status: isKnown ? 'duplicate' : 'stored' };
  };

  const take = async (req: IncomingMessage, res: ServerResponse) => {
    const body = await text(req);
    const { events }: { events: Body[] } = JSON.parse(body);
    const request = { events, bytes: Buffer.byteLength(body), headers: req.headers, number: requests.length + 1 };
    requests.push(request);
    const reply = bridge.reply(request);
    if (typeof reply === 'function') return reply(res);
    if (reply === undefined) return send(res, 207, { results: events.map(judge) });
    const { status, headers, body: said } = typeof reply === 'number' ? { status: reply } : reply;
    send(
      res,
      status,
      said ?? { error: 'as the test wants it', code: 'TEST', message: 'as the test wants it' },
      headers,
    );
  };

  await bridge.open();
  onTestFinished(() => bridge.shut());
  return bridge;
}

function send(res: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
