import { describe, expect, it } from 'vitest';
import { addressGroup, clientAddress } from './address.ts';

const forwarded = (value: string) => new Headers({ 'x-forwarded-for': value });

describe('clientAddress', () => {
  it('is the peer of the socket, whatever a header says', () => {
    expect(clientAddress(forwarded('203.0.113.9'), '198.51.100.7', false)).toBe('198.51.100.7');
    expect(clientAddress(forwarded('203.0.113.9'), '127.0.0.1', false)).toBe('127.0.0.1');
    expect(clientAddress(forwarded('203.0.113.9'), '198.51.100.7', true)).toBe('198.51.100.7');
  });

  it('is what a proxy next to us added last', () => {
    expect(clientAddress(forwarded('10.9.9.9, 203.0.113.9'), '127.0.0.1', true)).toBe('203.0.113.9');
    expect(clientAddress(forwarded('203.0.113.9'), '::ffff:172.18.0.2', true)).toBe('203.0.113.9');
    expect(clientAddress(forwarded('2001:db8::1'), '::1', true)).toBe('2001:db8::1');
  });

  it('is the proxy itself when it adds nothing that is an address', () => {
    expect(clientAddress(new Headers(), '127.0.0.1', true)).toBe('127.0.0.1');
    expect(clientAddress(forwarded('unknown'), '10.0.0.1', true)).toBe('10.0.0.1');
    expect(clientAddress(new Headers(), undefined, false)).toBe('unknown');
  });
});

describe('addressGroup', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['unknown', 'unknown'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['1:2:3:4:5:6:7::', '1:2:3:4::/64'],
  ])('%s is limited as %s', (address, group) => {
    expect(addressGroup(address)).toBe(group);
  });
});
