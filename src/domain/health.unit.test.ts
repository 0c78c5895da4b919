import { describe, expect, test } from 'vitest';
import { judgeRate, judgeSigns, type Signs } from './health.ts';

test.each([
  ['learning', 0, [90]],
  ['silent', 0, [90, 100, 80, 95]],
  ['usual', 0, [90, 0, 80]],
  ['usual', 0, [3, 2, 4]],
  ['low', 30, [90, 100, 80]],
  ['usual', 60, [90, 100, 80]],
  ['usual', 150, [90, 100, 80]],
  ['high', 250, [90, 100, 80]],
  ['usual', 8, [0, 0, 0]],
  ['high', 40, [0, 0, 0]],
] as const)('%s: %d in the last hour, %j in the weeks before', (judgement, lastHour, usual) => {
  expect(judgeRate(lastHour, usual)).toBe(judgement);
});

describe('the verdict', () => {
  const fine: Signs = {
    bookAway: undefined,
    databaseAway: undefined,
    spool: { records: 0, bytes: 0, maxBytes: 1000, damaged: 0 },
    isSpoolTooOld: false,
    spoolRefusal: undefined,
    canaryFailure: undefined,
    pulseFailure: undefined,
    isLiveBroken: false,
  };

  test.each([
    ['working', {}],
    ['spooling', { bookAway: 'refused' }],
    ['spooling', { databaseAway: 'no answer' }],
    ['failing', { bookAway: 'refused', spool: { ...fine.spool, records: 5, bytes: 1000 } }],
    ['failing', { bookAway: 'refused', isSpoolTooOld: true }],
    ['failing', { bookAway: 'refused', spoolRefusal: 'the disk of the spool fails' }],
    ['working', { spoolRefusal: 'the disk of the spool fails' }],
    ['degraded', { spool: { ...fine.spool, records: 5, bytes: 10 } }],
    ['degraded', { spool: { ...fine.spool, damaged: 1 } }],
    ['degraded', { canaryFailure: 'the lane is taken' }],
    ['degraded', { pulseFailure: 'disk full' }],
    ['degraded', { isLiveBroken: true }],
  ] as const)('is %s with %j', (verdict, signs) => {
    const judged = judgeSigns({ ...fine, ...signs });
    expect(judged.verdict).toBe(verdict);
    expect(judged.sentence).toMatch(/\.$/);
    expect(judged.problems.length > 0).toBe(verdict !== 'working');
  });

  test('names the cause once, not everything that follows from it', () => {
    const { problems } = judgeSigns({
      ...fine,
      bookAway: 'refused',
      canaryFailure: 'refused',
      pulseFailure: 'refused',
    });
    expect(problems).toEqual(['The database cannot take events: refused']);
  });
});
