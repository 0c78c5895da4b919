import { isIP, isIPv4 } from 'node:net';

/**
 * The address that a request came from. Behind a proxy (`isProxied`: a public address is configured) that stands on
 * this machine or in a private network, the last entry of X-Forwarded-For: the one the proxy itself added. From
 * anywhere else the header is what the client made up, and counts for nothing.
 */
export function clientAddress(headers: Headers, socketAddress: string | undefined, isProxied: boolean): string {
  const peer = unmapped(socketAddress ?? '');
  if (!isProxied || !isLocalAddress(peer)) return peer || 'unknown';
  const forwarded = unmapped(headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() ?? '');
  return isIP(forwarded) ? forwarded : peer || 'unknown';
}

/** What is limited as one: an IPv4 address, or the /64 that an IPv6 user has to himself. */
export function addressGroup(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('%')[0]?.toLowerCase().split('::') ?? [];
  const left = head.split(':').filter(Boolean);
  const right = tail?.split(':').filter(Boolean) ?? [];
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  const groups = tail === undefined ? left : [...left, ...zeros, ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/** ::ffff:192.0.2.1, as sockets that take both families say it, is 192.0.2.1. */
function unmapped(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? address;
}

function isLocalAddress(address: string): boolean {
  if (isIPv4(address)) return /^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)/.test(address);
  return /^(::1$|f[cd]|fe[89ab])/i.test(address);
}
