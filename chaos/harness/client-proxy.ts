import { connect, createServer, type Socket } from 'node:net';
import type { Random } from './random.ts';

/** Stands between clients and the application, and cuts each connection after some bytes of one direction. */
export interface ClientProxy {
  readonly port: number;
  readonly cuts: { readonly request: number; readonly answer: number };
  /** The bytes that get through at most before a connection is cut; undefined lets everything through. */
  cutWithin(bytes: number | undefined): void;
  close(): Promise<void>;
}

export async function createClientProxy(targetPort: number, random: Random): Promise<ClientProxy> {
  const cuts = { request: 0, answer: 0 };
  const sockets = new Set<Socket>();
  let within: number | undefined;

  const join = (client: Socket) => {
    const server = connect(targetPort, '127.0.0.1');
    const isRequest = random.chance(0.5);
    const share = random.next();
    const isReset = random.chance(0.5);
    // Answers are shorter than what they answer.
    let left = within === undefined ? undefined : Math.floor((isRequest ? within : within / 8) * share);
    const end = () => {
      for (const socket of [client, server]) {
        sockets.delete(socket);
        socket.destroy();
      }
    };
    const pass = (to: Socket, isCounted: boolean, place: keyof typeof cuts) => (chunk: Buffer) => {
      if (left === undefined || !isCounted || within === undefined) return void to.write(chunk);
      to.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left > 0) return;
      cuts[place] += 1;
      // What is written is to arrive before the end does.
      if (isReset) setImmediate(() => (place === 'request' ? client : to).resetAndDestroy());
      setImmediate(end);
    };
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.setNoDelay(true).on('error', end).on('close', end);
    }
    client.on('data', pass(server, isRequest, 'request'));
    server.on('data', pass(client, !isRequest, 'answer'));
  };

  const proxy = createServer(join);
  await new Promise<void>((resolve, reject) => {
    proxy.once('error', reject);
    proxy.listen(0, '127.0.0.1', resolve);
  });
  const address = proxy.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    cuts,
    cutWithin(bytes) {
      within = bytes;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => proxy.close(() => resolve()));
    },
  };
}
