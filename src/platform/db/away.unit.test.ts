import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { isDatabaseAway } from './away.ts';
import { createLines } from './line.ts';

const withCode = (code: string, message = 'message') => Object.assign(new Error(message), { code });

describe('the database is away', () => {
  test.each([
    ...['08006', '28P01', '53100', '53200', '53300', '57P01', '57P02', '57P03', '58030', '25006', '3D000', 'XX001'],
    ...['P1001', 'P1017', 'P2024'],
  ])('when it says %s', (code) => {
    expect(isDatabaseAway(withCode(code))).toBe(true);
  });

  test('when it says nothing, or the line is cut', async () => {
    expect(isDatabaseAway(new Error('Query read timeout'))).toBe(true);
    const lines = createLines();
    const cut = once(lines.open(), 'error');
    lines.cut('no answer');
    expect(isDatabaseAway((await cut)[0])).toBe(true);
    expect(isDatabaseAway(new Error('Connection terminated unexpectedly'))).toBe(true);
  });

  test('whatever the error is wrapped in', () => {
    expect(isDatabaseAway(new Error('cannot store', { cause: withCode('53100') }))).toBe(true);
    const throughPrisma = { code: 'P2010', meta: { driverAdapterError: { cause: { originalCode: '25006' } } } };
    expect(isDatabaseAway(Object.assign(new Error('raw query failed'), throughPrisma))).toBe(true);
  });
});

describe('the database is there', () => {
  test.each(['23505', '22P02', '54000', '40P01', '55P03', '42883', 'XX000', '57014', 'ENOENT', 'EIO'])(
    'when it says %s',
    (code) => {
      expect(isDatabaseAway(withCode(code))).toBe(false);
    },
  );

  test.each(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND'])(
    'when another socket says %s',
    (code) => {
      expect(isDatabaseAway(withCode(code))).toBe(false);
      expect(isDatabaseAway(new TypeError('fetch failed', { cause: withCode(code) }))).toBe(false);
      expect(isDatabaseAway(new AggregateError([withCode(code)]))).toBe(false);
    },
  );

  test('when something else is wrong', () => {
    for (const error of [new Error('any'), new Error('any', { cause: 'text' }), undefined, null, 'text', {}]) {
      expect(isDatabaseAway(error)).toBe(false);
    }
  });
});
