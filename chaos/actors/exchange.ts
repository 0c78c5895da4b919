import { connect } from 'node:net';

/** Longer than any answer takes, also on a machine with much to do. */
const PATIENCE_MS = 30_000;

/**
 * Sends bytes on a connection of their own, ends it when asked to, and gives the status and the body of what comes back:
 * status 0 when the server only closed the connection, undefined when it did nothing at all.
 */
export function exchangeAlone(
  host: string,
  port: number,
  bytes: Buffer,
  isEnded: boolean,
): Promise<{ readonly status: number; readonly body: Buffer } | undefined> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect({ host, port, noDelay: true }, () => {
      if (isEnded) socket.end(bytes);
      else socket.write(bytes);
    });
    const settle = (isSilent: boolean) => {
      socket.destroy();
      clearTimeout(timer);
      if (isSilent && received === '') return resolve(undefined);
      const [head = '', ...rest] = received.replace('HTTP/1.1 100 Continue\r\n\r\n', '').split('\r\n\r\n');
      resolve({ status: Number(head.slice(9, 12)), body: Buffer.from(rest.join('\r\n\r\n'), 'latin1') });
    };
    const timer = setTimeout(settle, PATIENCE_MS, true);
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (isComplete(received)) settle(false);
    });
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
  });
}

function isComplete(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  const length = /content-length: (\d+)/i.exec(text.slice(0, Math.max(0, end)))?.[1];
  return end >= 0 && length !== undefined && text.length - end - 4 >= Number(length);
}
