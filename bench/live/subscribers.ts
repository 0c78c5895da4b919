/**
 * Many clients of a stream in one process: bare sockets that look for the last id in what they get and no further, so
 * that the measured server has the machine.
 */
import { connect, type Socket } from 'node:net';
import { serveParent } from '../harness/child.ts';

export interface SubscribersOptions {
  readonly host: string;
  readonly port: number;
}

/** A piece of a stream came: after it the positions in `(after, upTo]` were there, at `at` (milliseconds since 1970). */
export interface Arrivals {
  readonly after: readonly number[];
  readonly upTo: readonly number[];
  readonly at: readonly number[];
}

export interface OpenStreams {
  readonly open: number;
  readonly path: string;
  /** Of the streams in turn: no key may hold all of them. */
  readonly headers: readonly Readonly<Record<string, string>>[];
}

/** Opens streams; gives what has come since it was asked last; waits for all to have a position; closes all. */
export type SubscribersQuestion = OpenStreams | 'arrivals' | { readonly untilAt: number } | 'close';

const ID = Buffer.from('\nid: 1.');

serveParent(({ host, port }: SubscribersOptions) => {
  const sockets = new Set<Socket>();
  const places = new Map<Socket, number>();
  let arrivals = { after: [] as number[], upTo: [] as number[], at: [] as number[] };
  const watchers = new Set<() => void>();

  const onData = (socket: Socket, chunk: Buffer) => {
    const upTo = lastId(chunk);
    if (upTo === undefined) return;
    const after = places.get(socket);
    places.set(socket, upTo);
    if (after !== undefined && upTo > after) {
      arrivals.after.push(after);
      arrivals.upTo.push(upTo);
      arrivals.at.push(performance.timeOrigin + performance.now());
    }
    for (const watcher of watchers) watcher();
  };

  const open = (path: string, headers: OpenStreams['headers'][number] = {}) =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, host);
      sockets.add(socket);
      const lines = Object.entries({ Host: 'localhost', Accept: 'text/event-stream', ...headers });
      socket.write(`GET ${path} HTTP/1.1\r\n${lines.map((line) => line.join(': ')).join('\r\n')}\r\n\r\n`);
      socket.once('data', (chunk) => {
        if (chunk.includes(' 200 ')) resolve();
        else reject(new Error(chunk.toString()));
      });
      socket.on('data', (chunk) => onData(socket, chunk));
      socket.on('error', reject);
    });

  return {
    async answer(question: SubscribersQuestion) {
      if (question === 'close') {
        for (const socket of sockets) socket.destroy();
        sockets.clear();
        places.clear();
        return undefined;
      }
      if (question === 'arrivals') {
        const taken = arrivals;
        arrivals = { after: [], upTo: [], at: [] };
        return taken;
      }
      if ('untilAt' in question) {
        await new Promise<void>((resolve) => {
          const look = () => {
            for (const socket of sockets) if ((places.get(socket) ?? 0) < question.untilAt) return;
            watchers.delete(look);
            resolve();
          };
          watchers.add(look);
          look();
        });
        return undefined;
      }
      const { path, headers } = question;
      for (let opened = 0; opened < question.open; opened += 50) {
        const next = Array.from({ length: Math.min(50, question.open - opened) }, (_, i) => opened + i);
        await Promise.all(next.map((i) => open(path, headers[i % headers.length])));
      }
      return undefined;
    },
  };
});

/** The last complete id in a chunk. */
function lastId(chunk: Buffer): number | undefined {
  for (let at = chunk.lastIndexOf(ID); at >= 0; at = at === 0 ? -1 : chunk.lastIndexOf(ID, at - 1)) {
    const start = at + ID.length;
    const end = chunk.indexOf(10, start);
    if (end > 0) return Number(chunk.toString('latin1', start, end));
  }
  return undefined;
}
