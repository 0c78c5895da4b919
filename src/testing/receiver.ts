import { createServer, type IncomingHttpHeaders } from 'node:http';

/** What somebody sent. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A status, perhaps with a body and headers; or no answer at all. */
export type ReceiverAnswer =
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  | 'silence';

/** A real HTTP server that stands for Slack, or for anybody's webhook. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** Answers so from now on. */
  answer(answer: ReceiverAnswer): void;
  close(): Promise<void>;
}

export function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  let current: ReceiverAnswer = { status: 200, body: 'ok' };
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(Buffer.from(chunk));
    received.push({ path: req.url ?? '', headers: req.headers, body: Buffer.concat(chunks).toString('utf8') });
    if (current === 'silence') return;
    res.writeHead(current.status, current.headers).end(current.body ?? '');
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      resolve({
        url: `http://127.0.0.1:${port}/hook`,
        received,
        answer(answer) {
          current = answer;
        },
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}
