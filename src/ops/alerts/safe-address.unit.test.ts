import { describe, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { assertMayBeCalled, isPublicAddress, lookupPublic } from './safe-address.ts';

describe('addresses', () => {
  it.each([
    '127.0.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '192.168.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    'fe80::1',
    'fd00::1',
    'ff02::1',
    '2002:7f00:1::',
    'no address',
  ])('%s is not public', (address) => expect(isPublicAddress(address)).toBe(false));

  it.each(['1.1.1.1', '44.192.0.10', '2606:4700:4700::1111', '::ffff:1.1.1.1'])('%s is public', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );
});

describe('an address to call', () => {
  const flaw = (url: string, allowPrivate = false) => {
    try {
      assertMayBeCalled(url, allowPrivate);
      return undefined;
    } catch (error) {
      return error instanceof AppError ? error.issues[0]?.message : error;
    }
  };

  it.each([
    ['http://hooks.example.com/x', /^must begin with https/],
    ['ftp://hooks.example.com/x', /^must begin with https/],
    ['https://user:pass@hooks.example.com/', /^must not hold a user name/],
    ['https://127.0.0.1/', /private network/],
    ['https://2130706433/', /private network/],
    ['https://0x7f.1/', /private network/],
    ['https://[::1]/', /private network/],
    ['https://[::ffff:10.0.0.1]/', /private network/],
    ['https://localhost/', /private network/],
    ['https://metadata.google.internal/', /private network/],
  ])('%s is refused', (url, message) => expect(flaw(url)).toMatch(message));

  it('is taken when it is public, and when whoever runs the server allows what is not', () => {
    expect(flaw('https://hooks.slack.com/services/T0/B0/x')).toBeUndefined();
    expect(flaw('http://127.0.0.1:9999/', true)).toBeUndefined();
    expect(flaw('file:///etc/passwd', true)).toMatch(/^must begin with https/);
  });

  it('whose name leads into a private network is not connected to', async () => {
    const found = new Promise((resolve) => {
      lookupPublic('localhost', { all: true }, (error, addresses) => resolve(error?.message ?? addresses));
    });
    expect(await found).toBe('localhost is an address of a private network');
  });
});
