import { expect, test } from 'vitest';
import { redact, redactText } from './redact.ts';

test('secrets are replaced by name at any depth, in any case, in lists', () => {
  const given = {
    headers: { Authorization: 'Bearer abc', Cookie: 'session=abc', 'X-Api-Key': 'abc', accept: '*/*' },
    users: [{ name: 'Ada', password: 'abc', details: { refreshToken: 'abc', adminPassword: 'abc' } }],
    token: 'abc',
  };
  const text = JSON.stringify(redact(given));
  expect(text).not.toContain('abc');
  expect(redact(given)).toMatchObject({ headers: { accept: '*/*' }, users: [{ name: 'Ada' }] });
});

test('what only sounds like a secret stays', () => {
  const given = { tokens: 12, hasPassword: true, password: null, keyboard: 'de', cookies: 3, tokenCount: 5 };
  expect(redact(given)).toEqual(given);
});

test('addresses and query strings inside texts lose their secrets', () => {
  expect(redactText('connect postgresql://app:p%40ss@db:5432/crm failed')).toBe(
    'connect postgresql://app:[redacted]@db:5432/crm failed',
  );
  expect(redactText('GET /api/stream?token=abc&types=SMS_SENT')).toBe(
    'GET /api/stream?token=[redacted]&types=SMS_SENT',
  );
  expect(redactText('https://example.com:8080/a@b')).toBe('https://example.com:8080/a@b');
});

test('errors keep type, message, stack, code and causes, without their secrets', () => {
  const cause = Object.assign(new TypeError('cannot reach postgres://u:abc@db/x'), { code: 'ECONNREFUSED' });
  const error = new AggregateError([new Error('one')], 'outer', { cause });
  expect(redact({ err: error })).toMatchObject({
    err: {
      type: 'AggregateError',
      message: 'outer',
      stack: expect.stringContaining('redact.unit.test'),
      cause: { type: 'TypeError', message: 'cannot reach postgres://u:[redacted]@db/x', code: 'ECONNREFUSED' },
      errors: [{ message: 'one' }],
    },
  });
});

test('dates stay dates, bytes are counted, cycles end', () => {
  const at = new Date(0);
  const loop: Record<string, unknown> = { at, body: new Uint8Array(3) };
  loop.self = loop;
  expect(redact(loop)).toMatchObject({ at, body: '[3 bytes]' });
  expect(JSON.stringify(redact(loop))).toContain('[too deep]');
});
