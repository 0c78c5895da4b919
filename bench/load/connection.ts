import { connect, type Socket } from 'node:net';

/** One kept-alive HTTP connection with one request under way at most: bytes out, status and body in. */
export interface Connection {
  send(bytes: Buffer): Promise<Answer>;
  close(): void;
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

export function openConnection(host: string, port: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ host, port, noDelay: true });
    let received: Buffer[] = [];
    let settle: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;
    const fail = (error: Error) => {
      reject(error);
      settle?.reject(error);
    };
    socket.once('connect', () =>
      resolve({
        send: (bytes) =>
          new Promise((done, failed) => {
            // One that was closed while nothing was under way says so here, or its caller would wait for ever.
            if (socket.destroyed) return failed(new Error('the server closed the connection'));
            settle = { resolve: done, reject: failed };
            socket.write(bytes);
          }),
        close: () => socket.destroy(),
      }),
    );
    socket.on('data', (chunk) => {
      received.push(chunk);
      const answer = completeAnswer(received.length === 1 ? chunk : Buffer.concat(received));
      if (!answer) return;
      received = [];
      settle?.resolve(answer);
    });
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('the server closed the connection')));
  });
}

const HEAD_END = '\r\n\r\n';
const LENGTH = 'ontent-length: ';

function completeAnswer(bytes: Buffer): Answer | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = bytes.toString('latin1', 0, headEnd + 2);
  const status = Number(head.slice(9, 12));
  const at = head.toLowerCase().indexOf(LENGTH);
  const start = headEnd + HEAD_END.length;
  if (at < 0) {
    // Chunked: complete with its last, empty chunk.
    return bytes.toString('latin1', Math.max(0, bytes.length - 5)) === '0\r\n\r\n'
      ? { status, body: bytes.subarray(start) }
      : undefined;
  }
  const length = Number(head.slice(at + LENGTH.length, head.indexOf('\r\n', at)));
  return bytes.length - start >= length ? { status, body: bytes.subarray(start, start + length) } : undefined;
}
