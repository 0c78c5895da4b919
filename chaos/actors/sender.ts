import { type Answer, type Connection, openConnection } from '../../bench/load/connection.ts';
import type { SentEvent } from './events.ts';

/** What became of one event, as far as its sender was told. */
export type Verdict =
  | { readonly kind: 'taken'; readonly id: string; readonly status: string }
  /** 429 or 503: to be sent again. */
  | { readonly kind: 'later'; readonly status: number }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  | { readonly kind: 'cut off' };

export interface Sender {
  /** Sends events in one request: a verdict for each, in order, or undefined when no answer came. */
  send(events: readonly SentEvent[]): Promise<readonly Verdict[] | undefined>;
  close(): void;
}

export interface SenderOptions {
  readonly host: string;
  readonly port: number;
  readonly key: string;
}

/** Longer than anything may take that is going to be answered. */
const PATIENCE_MS = 20_000;

/** One kept-alive connection, made anew whenever it broke. */
export function createSender({ host, port, key }: SenderOptions): Sender {
  let connection: Connection | undefined;

  const exchange = async (bytes: Buffer): Promise<Answer | undefined> => {
    let timer: NodeJS.Timeout | undefined;
    try {
      connection ??= await openConnection(host, port);
      const silence = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('no answer')), PATIENCE_MS);
      });
      return await Promise.race([connection.send(bytes), silence]);
    } catch {
      connection?.close();
      connection = undefined;
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    async send(events) {
      const [first] = events;
      const isBatch = events.length > 1;
      const body = JSON.stringify(isBatch ? { events: events.map((event) => event.body) } : first?.body);
      const path = `/api/internal/log-activity${isBatch ? '/batch' : ''}`;
      const answer = await exchange(requestOf(path, `${host}:${port}`, key, body));
      return answer && verdictsOf(answer, events.length);
    },
    close() {
      connection?.close();
      connection = undefined;
    },
  };
}

function requestOf(path: string, host: string, key: string, body: string): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Content-Type: application/json',
    `X-Api-Key: ${key}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ].join('\r\n');
  return Buffer.from(`${head}\r\n\r\n${body}`);
}

interface Result {
  readonly success?: boolean;
  readonly activityId?: string;
  readonly status?: string;
  readonly httpStatus?: number;
  readonly code?: string;
  readonly message?: string;
  readonly results?: readonly Result[];
}

/** The verdicts of an answer, or undefined when it is none of this interface: it was cut, or somebody else's. */
export function verdictsOf({ status, body }: Answer, count: number): readonly Verdict[] | undefined {
  const result = parse(body);
  if (!result) return undefined;
  if (status === 207 && result.results?.length === count) {
    return result.results.map((one) => verdictOf(one.httpStatus ?? 0, one));
  }
  const verdict = verdictOf(status, result);
  return Array.from({ length: count }, () => verdict);
}

function verdictOf(status: number, { success, activityId, status: word, code, message }: Result): Verdict {
  if (success && activityId !== undefined && word !== undefined) return { kind: 'taken', id: activityId, status: word };
  if (status === 429 || status === 503) return { kind: 'later', status };
  return { kind: 'refused', status, reason: `${code}: ${message}` };
}

function parse(body: Buffer): Result | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
