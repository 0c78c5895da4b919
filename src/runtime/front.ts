import { createServer, type RequestListener } from 'node:http';
import type { Config } from '#platform/config.ts';

/** The one HTTP server. Who answers can be exchanged while it runs: first whoever serves without a database, then all. */
export interface Front {
  /** Gives every request from now on to `listener`. */
  serve(listener: RequestListener): void;
  /** Where it answers. @throws Error that says what to do when it cannot have the address */
  listen(): Promise<string>;
  /** No new connections; requests that are being answered get their answer, within five seconds. */
  close(): Promise<void>;
}

const CLOSE_PATIENCE_MS = 5_000;

export function createFront(config: Config): Front {
  const { port, host } = config;
  let current: RequestListener = (_req, res) => res.writeHead(503, { 'Retry-After': '1' }).end();
  const server = createServer((req, res) => current(req, res));
  return {
    serve(listener) {
      current = listener;
    },
    listen() {
      return new Promise((resolve, reject) => {
        server.once('error', (error) => reject(explainListen(error, config)));
        server.listen(port, host, () => {
          const address = server.address();
          const actual = typeof address === 'object' && address !== null ? address.port : port;
          const shown = ['0.0.0.0', '::', '127.0.0.1'].includes(host) ? 'localhost' : host;
          resolve(`http://${shown}:${actual}`);
        });
      });
    },
    close() {
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), CLOSE_PATIENCE_MS).unref();
      });
    },
  };
}

/** What to do when the web server cannot have its address, in place of the system's word for it. */
function explainListen(error: Error, { port, host }: Config): Error {
  const explained: Partial<Record<string, string>> = {
    EADDRINUSE: `port ${port} of ${host} is in use, by another Historybook or another program: stop that one, or give another PORT`,
    EACCES: `port ${port} is only for privileged programs: give another PORT, 1024 or higher`,
    EADDRNOTAVAIL: `this machine does not have the address ${host}: give another HOST`,
    ENOTFOUND: `there is no host ${host}: give another HOST`,
  };
  const message = 'code' in error ? explained[String(error.code)] : undefined;
  return message === undefined ? error : new Error(message, { cause: error });
}
