/**
 * The limit: node:http and one shared buffer, written to every response. No database, no filters, no resuming. It knows
 * beforehand what it will send.
 */
import { createServer, type ServerResponse } from 'node:http';
import { serveParent } from '../harness/child.ts';
import { readUsage } from './usage.ts';

/** Sends `frame` `rate` times a second, one write each or, with `coalesceMs`, what is due in one write. */
export interface RawBlast {
  readonly frame: string;
  readonly rate: number;
  readonly seconds: number;
  readonly coalesceMs: number;
}

export interface RawResult {
  readonly deliveries: number;
  /** The number of the first frame, and for each when it was handed to the sockets, in milliseconds since 1970. */
  readonly first: number;
  readonly sentAt: readonly number[];
}

export type RawQuestion = 'url' | 'usage' | { readonly blast: RawBlast };

serveParent(async () => {
  const responses = new Set<ServerResponse>();
  const server = createServer((_req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache, no-transform' });
    res.write('retry: 200\n\n');
    responses.add(res);
    res.on('close', () => responses.delete(res));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;

  let total = 0;
  const blast = ({ frame, rate, seconds, coalesceMs }: RawBlast) =>
    new Promise<RawResult>((resolve) => {
      const startedAt = performance.now();
      const first = total + 1;
      const sentAt: number[] = [];
      const tick = () => {
        const elapsed = (performance.now() - startedAt) / 1000;
        const due = Math.floor(Math.min(elapsed, seconds) * rate) - sentAt.length;
        const frames = numbered(frame, total, due);
        for (const bytes of coalesceMs > 0 && due > 0 ? [Buffer.concat(frames)] : frames) {
          for (const res of responses) res.write(bytes);
        }
        const now = performance.timeOrigin + performance.now();
        for (let i = 0; i < due; i += 1) sentAt.push(now);
        total += due;
        if (elapsed >= seconds) resolve({ deliveries: sentAt.length * responses.size, first, sentAt });
        else setTimeout(tick, Math.max(1, coalesceMs));
      };
      tick();
    });

  return {
    answer(question: RawQuestion) {
      if (question === 'url') return url;
      return question === 'usage' ? readUsage() : blast(question.blast);
    },
    async end() {
      server.closeAllConnections();
      server.close();
    },
  };
});

function numbered(frame: string, from: number, count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => Buffer.from(`${frame}id: 1.${from + index + 1}\n\n\n`));
}
