import { expect, test } from 'vitest';
import { expressionFlaw } from './expression.ts';

test.each([
  ['{{ $json.id }}', 'was not evaluated'],
  ['rec{{$json.id}}', 'was not evaluated'],
  ['$json.lead_airtable_id', 'was not evaluated'],
  ["$('Get lead').item.json.id", 'was not evaluated'],
  ['={{ $json.id }}', 'was not evaluated'],
  ['=recABC123', 'begins with "="'],
  ['undefined', 'finds nothing'],
  [' NULL ', 'finds nothing'],
  ['[undefined]', 'finds nothing'],
  ['NaN', 'finds nothing'],
  ['[object Object]', 'a whole object'],
  ['lead-[object Object]', 'a whole object'],
])('%s cannot be a reference', (text, flaw) => {
  expect(expressionFlaw(text)).toContain(flaw);
});

test.each([
  'recABC123',
  'null@example.com',
  'nullable-1',
  'undefined-campaign',
  '408-555-1234',
  'a=b',
  'n8n:$x',
  '{1}',
  '',
])('%s can', (text) => {
  expect(expressionFlaw(text)).toBeUndefined();
});
