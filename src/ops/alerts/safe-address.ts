import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { AppError } from '#domain/errors.ts';

/**
 * Where alerts may be sent: to the public internet, by https. An administrator of one workspace must not make the server
 * knock at its neighbours (a database, the metadata service of a cloud). Names are judged by the addresses they have
 * at the moment of the connection, and that very address is connected to: an answer that changes in between
 * gains nothing. With ALERTS_ALLOW_PRIVATE=on whoever runs the server allows private addresses and http.
 */
const IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;
/** Global unicast is 2000::/3; of it, what carries an IPv4 address inside, and documentation. */
const IPV6 = [
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
] as const;
// One list for each: in one, an IPv4 address would be found among the IPv6 addresses that carry it inside.
const BLOCKED = { 4: new BlockList(), 6: new BlockList() } as const;
for (const [net, prefix] of IPV4) BLOCKED[4].addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of IPV6) BLOCKED[6].addSubnet(net, prefix, 'ipv6');

/** Whether `address`, an IP address, belongs to the public internet. */
export function isPublicAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return isPublicAddress(mapped);
  const family = isIP(address);
  if (family === 4) return !BLOCKED[4].check(address, 'ipv4');
  return family === 6 && !BLOCKED[6].check(address, 'ipv6');
}

/** What can be said of an address before anything is sent. @throws AppError INVALID_INPUT for the field `url` */
export function assertMayBeCalled(text: string, allowPrivate: boolean): URL {
  const url = new URL(text);
  const flaw = flawOf(url, allowPrivate);
  if (flaw) throw new AppError('INVALID_INPUT', { issues: [{ path: 'url', message: flaw }] });
  return url;
}

const HINT = 'unless whoever runs this server sets ALERTS_ALLOW_PRIVATE=on';

function flawOf({ protocol, hostname, username, password }: URL, allowPrivate: boolean): string | undefined {
  if (protocol !== 'https:' && !(allowPrivate && protocol === 'http:')) return `must begin with https:// (${HINT})`;
  if (username || password) return 'must not hold a user name or password';
  const host = hostname.replace(/^\[|\]$/g, '');
  const isPrivate = isIP(host) ? !isPublicAddress(host) : /(^|\.)(localhost|local|internal)\.?$/i.test(host);
  return isPrivate && !allowPrivate ? `must not be an address of a private network (${HINT})` : undefined;
}

class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

/** Looks names up, and gives no address that is not public. */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const [first] = addresses ?? [];
    if (error || !first) return callback(error ?? new Error(`${hostname} has no address`), '', 0);
    const isPrivate = addresses.some(({ address }) => !isPublicAddress(address));
    if (isPrivate) return callback(new PrivateAddressError(`${hostname} is an address of a private network`), '', 0);
    if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
