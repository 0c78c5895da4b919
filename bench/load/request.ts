import { eventBody, PLACE, placesOf } from './events.ts';

/** A request in the bytes it is sent in; each send makes its events new by writing their numbers over. */
export interface Request {
  readonly bytes: Buffer;
  readonly events: number;
  /** Writes the numbers from `first` on. */
  number(first: number): void;
}

export interface RequestOptions {
  readonly host: string;
  readonly key: string;
  readonly leads: readonly string[];
  /** 0 for a single event, else the size of the batch. */
  readonly batch: number;
  /** Which leads and texts, so that each connection sends other ones. */
  readonly offset: number;
}

export function buildRequest({ host, key, leads, batch, offset }: RequestOptions): Request {
  const lead = (i: number) => leads[(offset * 7919 + i * 31) % leads.length] ?? '';
  const events = Math.max(1, batch);
  const bodies = Array.from({ length: events }, (_, i) => eventBody(lead(i), offset + i));
  const body = batch > 0 ? `{"events":[${bodies.join(',')}]}` : (bodies[0] ?? '');
  const path = batch > 0 ? '/api/internal/log-activity/batch' : '/api/internal/log-activity';
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Content-Type: application/json',
    `X-Api-Key: ${key}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ].join('\r\n');
  const bytes = Buffer.from(`${head}\r\n\r\n${body}`);
  const places = placesOf(bytes);
  const perEvent = places.length / events;
  return {
    bytes,
    events,
    number(first) {
      for (const [i, at] of places.entries()) {
        bytes.write(String(first + Math.floor(i / perEvent)).padStart(PLACE.length, '0'), at, 'latin1');
      }
    },
  };
}
