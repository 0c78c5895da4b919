import { AppError } from '#domain/errors.ts';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The origins of our own pages, as far as the configuration knows them. */
export function ownOrigins(publicUrl: string | undefined, port: number): readonly string[] {
  const local = ['localhost', '127.0.0.1', '[::1]'].map((host) => `http://${host}:${port}`);
  return publicUrl === undefined ? local : [...local, publicUrl];
}

/**
 * Refuses a request that could change something and was not made by one of our own pages (CSRF): a browser sends the
 * session cookie along whoever made the page. Sec-Fetch-Site is the browser's own word and decides when it is there;
 * else Origin has to be one of `origins`, or name the very host the request was sent to.
 * @throws AppError FORBIDDEN, also when neither header is there.
 */
export function assertSameOrigin(headers: Headers, method: string, origins: readonly string[]): void {
  if (SAFE_METHODS.has(method.toUpperCase()) || isFromOwnPage(headers, origins)) return;
  throw new AppError('FORBIDDEN', { message: 'This request did not come from a page of this site.' });
}

/** Whether the browser says that one of our own pages made the request. */
export function isFromOwnPage(headers: Headers, origins: readonly string[]): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const origin = headers.get('origin');
  return origin !== null && (origins.includes(origin) || isOriginOfHost(origin, headers.get('host')));
}

/** Whether a browser made the request, as far as its headers tell. */
export function isFromBrowser(headers: Headers): boolean {
  return headers.has('sec-fetch-site') || headers.has('origin');
}

/**
 * The host is compared without the scheme, which a proxy that ends TLS changes. A page of another host cannot forge
 * Host, and the cookies of this host do not go to its own.
 */
export function isOriginOfHost(origin: string, host: string | null): boolean {
  if (host === null || !URL.canParse(origin)) return false;
  const { protocol, host: originHost } = new URL(origin);
  return ['http:', 'https:'].includes(protocol) && originHost === host.toLowerCase();
}
