import { describe, expect, it } from 'vitest';
import { createSecret, equalHashes, hashSecret, presentedKey } from './key-secret.ts';
import { createOneTimePassword } from './one-time-password.ts';

describe('createSecret', () => {
  it('makes hb_ and 32 random bytes, of which only a prefix and the hash are kept', () => {
    const { secret, prefix, hash } = createSecret();
    expect(secret).toMatch(/^hb_[A-Za-z0-9_-]{43}$/);
    expect(secret.startsWith(prefix)).toBe(true);
    expect(prefix).toHaveLength(9);
    expect(hash).toBe(hashSecret(secret));
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(createSecret().secret).not.toBe(secret);
  });
});

describe('equalHashes', () => {
  it('is true for equal hashes only, and takes hashes of different length', () => {
    expect(equalHashes(hashSecret('a'), hashSecret('a'))).toBe(true);
    expect(equalHashes(hashSecret('a'), hashSecret('b'))).toBe(false);
    expect(equalHashes(hashSecret('a'), hashSecret('a').slice(2))).toBe(false);
    expect(equalHashes('', hashSecret('a'))).toBe(false);
  });
});

describe('presentedKey', () => {
  const presented = (headers: Record<string, string>) => presentedKey(new Headers(headers));

  it('finds the key in either header, x-api-key first', () => {
    expect(presented({ 'x-api-key': ' hb_a ' })).toBe('hb_a');
    expect(presented({ authorization: 'Bearer hb_b' })).toBe('hb_b');
    expect(presented({ authorization: 'bearer  hb_b' })).toBe('hb_b');
    expect(presented({ 'x-api-key': 'hb_a', authorization: 'Bearer hb_b' })).toBe('hb_a');
  });

  it('tells nothing presented from something that is no key', () => {
    expect(presented({})).toBeUndefined();
    expect(presented({ authorization: 'Basic aGI6aGI=' })).toBeUndefined();
    expect(presented({ 'x-api-key': '' })).toBe('');
    expect(presented({ 'x-api-key': 'x'.repeat(300) })).toBe('');
  });
});

describe('createOneTimePassword', () => {
  it('makes four groups without letters that look alike', () => {
    const password = createOneTimePassword();
    expect(password).toMatch(/^([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}$/);
    expect(createOneTimePassword()).not.toBe(password);
  });
});
