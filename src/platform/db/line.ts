import { Socket } from 'node:net';

/** What broke on a connection to a database server. */
const failures = new WeakSet<object>();

/**
 * Whether this very error came from a connection to a database server. The same ECONNRESET of another socket, a caller
 * that went away or a webhook that refuses, says nothing of the database.
 */
export function isLineFailure(error: unknown): boolean {
  return typeof error === 'object' && error !== null && failures.has(error);
}

export function noteLineFailure(error: Error): void {
  failures.add(error);
}

/** A code that PostgreSQL's own clients use, and that says the same after Prisma has wrapped the error. */
const CONNECTION_FAILURE = '08006';

/** Opens the sockets of connections to a database server, and can cut them all. */
export interface Lines {
  open(): Socket;
  /** Breaks them; whoever waits for an answer has an error at once, which says `reason`. New ones can be opened. */
  cut(reason: string): void;
}

export function createLines(): Lines {
  const lines = new Set<Socket>();
  return {
    open() {
      const socket = openLine();
      lines.add(socket);
      socket.once('close', () => lines.delete(socket));
      return socket;
    },
    cut(reason) {
      for (const socket of lines) socket.destroy(Object.assign(new Error(reason), { code: CONNECTION_FAILURE }));
    },
  };
}

/** The first to hear of an error, so that it is known for what it is by whoever gets it next. */
export function openLine(): Socket {
  return new Socket().on('error', noteLineFailure);
}
