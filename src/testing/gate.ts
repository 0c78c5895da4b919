import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * The way to a database server, which a test can close: real connections to a real server, that are refused, cut or left
 * without an answer when the test says so.
 */
export interface Gate {
  /** The address of the database through the gate. */
  readonly url: string;
  /** Refuses new connections and cuts those there are. */
  shut(): Promise<void>;
  /** Lets nothing through any more, and tells nobody. */
  freeze(): void;
  /** Lets everything through again; what was held back goes on. */
  open(): Promise<void>;
  /** Cuts the connections there are; new ones are let through. */
  cut(): void;
  close(): Promise<void>;
}

export interface GateOptions {
  readonly isShut?: boolean;
}

export async function createGate(databaseUrl: string, options: GateOptions = {}): Promise<Gate> {
  const target = new URL(databaseUrl);
  const pairs = new Set<readonly [Socket, Socket]>();
  let isFrozen = false;
  let server: Server | undefined;

  const join = (client: Socket) => {
    const upstream = connect(Number(target.port), target.hostname);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of pair) socket.setNoDelay(true).on('error', end).on('close', end);
    client.pipe(upstream);
    upstream.pipe(client);
    if (isFrozen) for (const socket of pair) socket.pause();
  };

  const listen = (port: number) =>
    new Promise<Server>((resolve, reject) => {
      const made = createServer(join);
      made.once('error', reject);
      made.listen(port, '127.0.0.1', () => resolve(made));
    });

  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };

  const shut = async () => {
    const closing = server;
    server = undefined;
    cut();
    if (closing) await new Promise<void>((resolve) => closing.close(() => resolve()));
  };

  server = await listen(0);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  if (options.isShut) await shut();

  return {
    url: url.href,
    shut,
    cut,
    freeze() {
      isFrozen = true;
      for (const pair of pairs) for (const socket of pair) socket.pause();
    },
    async open() {
      isFrozen = false;
      for (const pair of pairs) for (const socket of pair) socket.resume();
      server ??= await listen(port);
    },
    close: shut,
  };
}
