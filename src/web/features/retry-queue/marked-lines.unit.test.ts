import { expect, test } from 'vitest';
import { issuesElsewhere, markedLines } from './marked-lines.ts';

const BODY = { eventType: 'X', metadata: { step: 'two', tags: ['a', { b: 1 }, 3] }, source: '' };

function problems(...issues: { path: string; message: string }[]) {
  return markedLines(BODY, issues)
    .filter(({ problem }) => problem !== undefined)
    .map(({ tokens, problem }) => [
      tokens
        .map(({ text }) => text)
        .join('')
        .trim(),
      problem,
    ]);
}

test('marks the line of the field that is wrong, at any depth', () => {
  expect(problems({ path: 'eventType', message: 'unknown' })).toEqual([['"eventType": "X",', 'unknown']]);
  expect(problems({ path: 'metadata.step', message: 'a number' })).toEqual([['"step": "two",', 'a number']]);
  expect(problems({ path: 'metadata.tags.1.b', message: 'no' })).toEqual([['"b": 1', 'no']]);
  expect(problems({ path: 'metadata.tags.2', message: 'no' })).toEqual([['3', 'no']]);
  expect(problems({ path: 'source', message: 'empty' })).toEqual([['"source": ""', 'empty']]);
});

test('leaves what no line is about to be said elsewhere', () => {
  const issues = [
    { path: 'description', message: 'is required' },
    { path: 'source', message: 'must not be empty' },
  ];
  expect(issuesElsewhere(markedLines(BODY, issues), issues)).toEqual([issues[0]]);
});
