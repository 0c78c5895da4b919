import { expect, test } from 'vitest';
import type { QuarantineView } from '#domain/quarantine.ts';
import { correctionText, fieldsToCorrect, flawOf } from './correction.ts';

const set = (path: string, value: string) => ({ path, value, isTakenAway: false });
const takeAway = (path: string) => ({ path, value: '', isTakenAway: true });

test.each([
  ['a field of the event', [set('eventCategory', ' SMS ')], { eventCategory: 'SMS' }],
  ['a number of an event stays text', [set('leadPhone', '4085551234')], { leadPhone: '4085551234' }],
  ['a field that is taken away', [takeAway('leadEmail')], { leadEmail: null }],
  ['a line that says nothing is none', [set('timestamp', ''), set('source', 'b')], { source: 'b' }],
  [
    'metadata, one by one',
    [set('metadata.step', '3'), set('metadata.to.name', 'Ada')],
    { metadata: { step: 3, to: { name: 'Ada' } } },
  ],
  ['metadata as JSON', [set('metadata', '{"a":[1]}')], { metadata: { a: [1] } }],
  ['a word in quotes is text', [set('metadata.code', '"007"')], { metadata: { code: '007' } }],
  ['the last of two that disagree', [set('source', 'a'), set('source', 'b')], { source: 'b' }],
  ['a line without a field', [set(' ', 'x'), set('source', 'b')], { source: 'b' }],
])('%s', (_, changes, correction) => {
  expect(JSON.parse(correctionText(changes) ?? '')).toEqual(correction);
});

test('is nothing as long as no field is named, or nothing is said of it', () => {
  expect(correctionText([set('', 'x')])).toBeUndefined();
  expect(correctionText([set('metadata.', 'x')])).toBeUndefined();
  expect(correctionText([set('eventCategory', ' ')])).toBeUndefined();
});

test.each(['12345678901234567890', '{"id":12345678901234567890}'])(
  'a number that would change is refused: %s',
  (value) => {
    expect(correctionText([set('metadata.id', value)])).toBeUndefined();
    expect(flawOf(set('metadata.id', value))).toContain('too large to be kept exactly');
    expect(flawOf(set('metadata.id', '"12345678901234567890"'))).toBeUndefined();
  },
);

test('takes names of its own language as names', () => {
  expect(correctionText([set('__proto__.polluted', 'true')])).toBe('{"__proto__":{"polluted":true}}');
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('offers what is refused most often first', () => {
  const entry = (...paths: string[]) =>
    ({ issues: paths.map((path) => ({ path, message: '' })) }) as unknown as QuarantineView;
  expect(fieldsToCorrect([entry('timestamp'), entry('metadata.step', ''), entry('metadata.step')]).slice(0, 3)).toEqual(
    ['metadata.step', 'timestamp', 'eventType'],
  );
});
