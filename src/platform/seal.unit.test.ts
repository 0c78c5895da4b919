import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSeal } from './seal.ts';

const seal = createSeal('a secret that nobody can guess');

it('opens what it has sealed, of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, purpose) => {
      expect(seal.open(seal.seal(text, purpose), purpose)).toBe(text);
    }),
  );
});

it('never seals the same text the same way, and shows nothing of it', () => {
  const sealed = seal.seal('https://hooks.slack.com/services/T0/B0/secret', 'url');
  expect(sealed).not.toBe(seal.seal('https://hooks.slack.com/services/T0/B0/secret', 'url'));
  expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('slack');
});

it('opens nothing with another key, for another purpose, or changed in any place', () => {
  const sealed = seal.seal('secret', 'url');
  expect(() => createSeal('another secret that nobody can guess').open(sealed, 'url')).toThrow();
  expect(() => seal.open(sealed, 'secret')).toThrow();
  expect(() => seal.open('v2.abc', 'url')).toThrow('not sealed by this version');
  for (let index = 3; index < sealed.length; index += 1) {
    const changed = `${sealed.slice(0, index)}${sealed[index] === 'A' ? 'B' : 'A'}${sealed.slice(index + 1)}`;
    // The last character may hold bits that are no part of the bytes.
    if (Buffer.from(changed.slice(3), 'base64url').equals(Buffer.from(sealed.slice(3), 'base64url'))) continue;
    expect(() => seal.open(changed, 'url')).toThrow();
  }
});

it('tells its keys apart', () => {
  expect(seal.keyId).toMatch(/^[0-9a-f]{12}$/);
  expect(createSeal('another secret that nobody can guess').keyId).not.toBe(seal.keyId);
});
