import { expect, test } from 'vitest';
import type { QuarantineView } from '#domain/quarantine.ts';
import { correctionText, fieldsToCorrect } from './correction.ts';

test.each([
  ['a field of the event', [{ path: 'eventCategory', value: ' SMS ' }], { eventCategory: 'SMS' }],
  ['a number of an event stays text', [{ path: 'leadPhone', value: '4085551234' }], { leadPhone: '4085551234' }],
  ['nothing takes a field away', [{ path: 'leadEmail', value: '' }], { leadEmail: null }],
  [
    'metadata, one by one',
    [
      { path: 'metadata.step', value: '3' },
      { path: 'metadata.to.name', value: 'Ada' },
    ],
    { metadata: { step: 3, to: { name: 'Ada' } } },
  ],
  ['metadata as JSON', [{ path: 'metadata', value: '{"a":[1]}' }], { metadata: { a: [1] } }],
  ['a word in quotes is text', [{ path: 'metadata.code', value: '"007"' }], { metadata: { code: '007' } }],
  [
    'digits that a number would lose',
    [{ path: 'metadata.id', value: '12345678901234567890' }],
    { metadata: { id: '12345678901234567890' } },
  ],
  [
    'the last of two that disagree',
    [
      { path: 'source', value: 'a' },
      { path: 'source', value: 'b' },
    ],
    { source: 'b' },
  ],
  [
    'a line without a field',
    [
      { path: ' ', value: 'x' },
      { path: 'source', value: 'b' },
    ],
    { source: 'b' },
  ],
])('%s', (_, changes, correction) => {
  expect(JSON.parse(correctionText(changes) ?? '')).toEqual(correction);
});

test('is nothing as long as no field is named', () => {
  expect(correctionText([{ path: '', value: 'x' }])).toBeUndefined();
  expect(correctionText([{ path: 'metadata.', value: 'x' }])).toBeUndefined();
});

test('takes names of its own language as names', () => {
  expect(correctionText([{ path: '__proto__.polluted', value: 'true' }])).toBe('{"__proto__":{"polluted":true}}');
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('offers what is refused most often first', () => {
  const entry = (...paths: string[]) =>
    ({ issues: paths.map((path) => ({ path, message: '' })) }) as unknown as QuarantineView;
  expect(fieldsToCorrect([entry('timestamp'), entry('metadata.step', ''), entry('metadata.step')]).slice(0, 3)).toEqual(
    ['metadata.step', 'timestamp', 'eventType'],
  );
});
