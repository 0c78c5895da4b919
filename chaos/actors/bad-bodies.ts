import type { Random } from '../harness/random.ts';

/**
 * What is wrong with an event: it takes a good body and gives the text of a bad one. Some of these may be taken (what they
 * hold is odd, and can be kept as it is); none may be answered with 500 or more, or harm its neighbours.
 */
type Spoil = (good: Readonly<Record<string, unknown>>, random: Random) => string;

const FIELDS = [
  'eventType',
  'eventCategory',
  'leadId',
  'leadAirtableId',
  'leadEmail',
  'leadPhone',
  'description',
  'messageContent',
  'metadata',
  'source',
  'createdBy',
  'timestamp',
  'idempotencyKey',
] as const;
const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'length', 'then'];
const NUMBERS = [
  '12345678901234567890',
  '1e999',
  '-1e400',
  '1e-400',
  '9007199254740993',
  '-0',
  '0.1e1',
  `1${'0'.repeat(400)}`,
];
const TIMES = [
  '0001-01-01',
  '9999-12-31T23:59:59Z',
  '2025-02-30',
  'soon',
  '',
  -1,
  8.64e15,
  1e308,
  '+275760-09-13T00:00:00Z',
];

const withField = (good: Readonly<Record<string, unknown>>, field: string, value: unknown) =>
  JSON.stringify({ ...good, [field]: value });

/** The text of `good` with this member, as it stands, in front of the others. */
const withText = (good: Readonly<Record<string, unknown>>, member: string) =>
  `{${member},${JSON.stringify(good).slice(1)}`;

const nested = (levels: number, random: Random): string =>
  random.chance(0.5) ? `${'['.repeat(levels)}${']'.repeat(levels)}` : `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

export const SPOILS: Readonly<Record<string, Spoil>> = {
  nul: (good, random) => withField(good, random.pick(FIELDS), `a\u0000b${'\u0000'.repeat(random.int(0, 3))}`),
  'nul in metadata': (good, random) =>
    withField(good, 'metadata', random.chance(0.5) ? { 'a\u0000': '\u0000' } : { a: ['\u0000', { '\u0000': 1 }] }),
  'lone surrogate': (good, random) =>
    withField(good, random.pick(FIELDS), random.pick(['\ud800', 'a\udc00b', '\ud83d \ude00', '\udfff\ud800'])),
  'lone surrogate in metadata': (good) => withField(good, 'metadata', { '\ud800': '\udc00', list: ['\ud83d'] }),
  depth: (good, random) => withText(good, `"metadata":${nested(random.pick([33, 100, 1_000, 20_000]), random)}`),
  'depth elsewhere': (good, random) =>
    withText(good, `"${random.pick(['other', 'events', 'eventType'])}":${nested(random.pick([40, 5_000]), random)}`),
  size: (good, random) =>
    withField(
      good,
      random.pick(['description', 'messageContent', 'source', 'eventType']),
      'x'.repeat(random.pick([101, 10_001, 100_001, 270_000])),
    ),
  'size of metadata': (good, random) => withField(good, 'metadata', { a: 'y'.repeat(random.pick([65_537, 200_000])) }),
  'many members': (good, random) =>
    withField(
      good,
      'metadata',
      Object.fromEntries(Array.from({ length: random.pick([2_000, 9_000]) }, (_, n) => [`k${n}`, n])),
    ),
  'duplicate members': (good, random) => {
    const field = random.pick(FIELDS);
    return withText(good, `"${field}":${JSON.stringify(random.pick([null, 'x', 1, {}]))},"${field}":[]`);
  },
  'names of JavaScript': (good, random) =>
    withText(
      good,
      `"${random.pick(NAMES)}":${random.pick(['{"admin":true}', 'null', '"x"', '{"length":{"valueOf":0}}'])}`,
    ),
  'names of JavaScript in metadata': (good, random) =>
    withText({ ...good, metadata: undefined }, `"metadata":{"${random.pick(NAMES)}":{"${random.pick(NAMES)}":1}}`),
  'wrong type': (good, random) =>
    withField(
      good,
      random.pick(FIELDS),
      random.pick([null, true, false, 0, -1, 1.5, [], [[]], [null], {}, { length: 3 }, 'x', '']),
    ),
  'huge number': (good, random) =>
    withText(
      good,
      `"${random.pick(['metadata', 'other', 'timestamp', 'leadPhone'])}":${random.chance(0.5) ? random.pick(NUMBERS) : `{"n":${random.pick(NUMBERS)}}`}`,
    ),
  'impossible time': (good, random) => withField(good, 'timestamp', random.pick(TIMES)),
  'unknown type': (good, random) => withField(good, 'eventType', `NO_SUCH_TYPE_${random.int(0, 20)}`),
  'wrong category': (good, random) => withField(good, 'eventCategory', random.pick(['BOOKING', 'sms', 'NONE', '💥'])),
  'missing field': (good, random) =>
    withField(good, random.pick(['eventType', 'description', 'source', 'leadAirtableId']), undefined),
  'unknown lead': (good, random) =>
    withField(good, 'leadId', `00000000-0000-4000-8000-${String(random.int(0, 50)).padStart(12, '0')}`),
  'no object': (_good, random) => random.pick(['null', '[]', '1', '"x"', 'true', '[[],{}]', '{}', '""']),
};

/** Texts that are no JSON at all, made of a good one. */
export const BREAKS: Readonly<Record<string, (text: string, random: Random) => Buffer>> = {
  'cut off': (text, random) => Buffer.from(text).subarray(0, random.int(0, Buffer.byteLength(text) - 1)),
  'broken JSON': (text, random) => {
    const at = random.int(0, text.length - 1);
    const more = random.pick(['}', ',', '"', "'", '//', '\\', '\u0000', 'NaN', 'undefined', ':', '\\u12']);
    return Buffer.from(`${text.slice(0, at)}${more}${text.slice(at)}${random.pick(['', '}', 'x'])}`);
  },
  'invalid UTF-8': (text, random) => {
    const bytes = Buffer.from(text);
    const odd = Buffer.from(
      random.pick([[0xff], [0xc3], [0xe2, 0x82], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]]),
    );
    const at = random.int(1, bytes.length - 1);
    return Buffer.concat([bytes.subarray(0, at), odd, bytes.subarray(at)]);
  },
  'another encoding': (text, random) =>
    random.chance(0.5) ? Buffer.from(`\ufeff${text}`, 'utf16le') : Buffer.from(`ü${text}`, 'latin1'),
  noise: (_text, random) => Buffer.from(Array.from({ length: random.int(0, 300) }, () => random.int(0, 255))),
};
