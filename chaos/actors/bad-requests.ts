import type { Random } from '../harness/random.ts';
import { BREAKS, SPOILS } from './bad-bodies.ts';
import type { EventMaker, SentEvent } from './events.ts';

/** A request that is wrong somehow, with what is right about it. */
export interface BadRequest {
  readonly kind: string;
  readonly bytes: Buffer;
  /** Of a batch that can be read: the good event at each place, undefined where a bad one stands. */
  readonly places?: readonly (SentEvent | undefined)[];
  /** On a connection of its own, which is ended after the bytes; that there is no answer then is no fault. */
  readonly isHalf?: boolean;
  /** On a connection of its own: the server may close it. */
  readonly isAlone?: boolean;
}

export interface RequestPlace {
  readonly host: string;
  readonly key: string;
}

const SINGLE = '/api/internal/log-activity';
const BATCH = '/api/internal/log-activity/batch';
/** Of a hundred requests: one bad event alone, a batch with some, a text that is no JSON; the others are hardly HTTP. */
const SHARES = { alone: 0.45, batch: 0.8, broken: 0.92 };

/** The next bad request of a plan. */
export function nextBadRequest(place: RequestPlace, make: EventMaker, random: Random): BadRequest {
  const which = random.next();
  if (which < SHARES.alone) {
    const { kind, text } = badEvent(make, random);
    return { kind, bytes: request(place, SINGLE, text) };
  }
  if (which < SHARES.batch) return badBatch(place, make, random);
  const good = JSON.stringify(make().body);
  if (which < SHARES.broken) {
    const kind = random.pick(Object.keys(BREAKS));
    const isBatch = random.chance(0.5);
    const text = isBatch ? `{"events":[${good},${JSON.stringify(make().body)}]}` : good;
    return { kind, bytes: request(place, isBatch ? BATCH : SINGLE, BREAKS[kind]?.(text, random) ?? '') };
  }
  const kind = random.pick(Object.keys(HTTP));
  return { kind, ...(HTTP[kind]?.(place, good, random) ?? { bytes: Buffer.of() }) };
}

function badEvent(make: EventMaker, random: Random): { readonly kind: string; readonly text: string } {
  const kind = random.pick(Object.keys(SPOILS));
  return { kind, text: SPOILS[kind]?.(make().body, random) ?? '' };
}

function badBatch(place: RequestPlace, make: EventMaker, random: Random): BadRequest {
  const places = Array.from({ length: random.int(2, 8) }, () => (random.chance(0.6) ? make() : undefined));
  // Among them at least one that is bad.
  places[random.int(0, places.length - 1)] = undefined;
  const texts = places.map((event) => (event ? JSON.stringify(event.body) : badEvent(make, random).text));
  return { kind: 'batch of good and bad', bytes: request(place, BATCH, `{"events":[${texts.join(',')}]}`), places };
}

type Half = Omit<BadRequest, 'kind'>;

/** What is wrong is the request, whatever it brings. */
const HTTP: Readonly<Record<string, (place: RequestPlace, good: string, random: Random) => Half>> = {
  'wrong content type': (place, good, random) => ({
    bytes: request(place, SINGLE, good, {
      'Content-Type': random.pick(['text/plain', ';', 'multipart/form-data', 'application/xml']),
    }),
  }),
  'half a body': (place, good, random) => {
    const bytes = request(place, random.pick([SINGLE, BATCH]), good);
    return { bytes: bytes.subarray(0, bytes.length - random.int(1, good.length)), isHalf: true };
  },
  'half a head': (place, good, random) => {
    const bytes = request(place, SINGLE, good);
    return { bytes: bytes.subarray(0, random.int(1, 80)), isHalf: true };
  },
  'wrong length': (place, good, random) => ({
    bytes: request(place, SINGLE, good, {
      'Content-Length': random.pick(['3', '-1', '1e3', '99999999999999999999', 'x']),
    }),
    isHalf: true,
  }),
  'half a chunk': (place, good, random) => ({
    bytes: Buffer.from(
      `${head(place, SINGLE, { 'Transfer-Encoding': 'chunked' })}${random.pick(['zz', '5', 'ffffffff', '-1'])}\r\n${good}`,
    ),
    isHalf: true,
  }),
  'wrong key': (place, good, random) => ({
    bytes: request({ ...place, key: random.pick(['', 'x', 'hb_'.padEnd(4_000, 'k'), 'é'.repeat(20)]) }, SINGLE, good),
  }),
  'odd idempotency key': (place, good, random) => ({
    bytes: request(place, SINGLE, good, {
      'Idempotency-Key': random.pick([' ', 'x'.repeat(300), 'other', 'ÿ\t', '\u00ff']),
    }),
  }),
  'odd query': (place, good, random) => ({
    bytes: request(place, `${BATCH}?${random.pick(['dryRun=maybe', 'dryrun=1', '%ff', 'dryRun=%00', '%'])}`, good),
  }),
  'wrong method': (place, good, random) => ({
    bytes: Buffer.from(
      request(place, SINGLE, good)
        .toString('latin1')
        .replace('POST', random.pick(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])),
      'latin1',
    ),
    isAlone: true,
  }),
  'wrong shape of a batch': (place, good, random) => ({
    bytes: request(
      place,
      BATCH,
      random.pick([
        '',
        '[]',
        '{}',
        'null',
        good,
        '{"events":{}}',
        '{"events":"x"}',
        '{"events":[]}',
        '{"events":[null,1,[],"x",{}]}',
        `{"events":[${Array(1001).fill('{}').join(',')}]}`,
        `{"events":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
      ]),
    ),
  }),
  'no HTTP': (_place, good, random) => ({
    bytes: Buffer.from(
      random.pick([good, '\u0000\u0001\u0002', 'GET\r\n\r\n', `POST ${SINGLE} HTTP/9.9\r\n\r\n`, '\r\n\r\n\r\n']),
    ),
    isHalf: true,
  }),
};

function head(place: RequestPlace, path: string, headers: Readonly<Record<string, string>>): string {
  const all = { Host: place.host, 'Content-Type': 'application/json', 'X-Api-Key': place.key, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

function request(
  place: RequestPlace,
  path: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const length = { 'Content-Length': String(bytes.length) };
  return Buffer.concat([Buffer.from(head(place, path, { ...length, ...headers }), 'latin1'), bytes]);
}
