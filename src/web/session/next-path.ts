/** Where nobody wanted to go: what stands before the pages, and what is no page. */
const NO_PLACES = ['/sign-in', '/choose-password', '/api/'];

/**
 * Where to go after signing in: `next` when it is a path of this site, else the home page. `//host`, `/\host` and
 * control characters, which browsers read as another site, are not paths of this site.
 */
export function localPath(next: string | null | undefined): string {
  if (!next || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(next)) return '/';
  return NO_PLACES.some((place) => next.startsWith(place)) ? '/' : next;
}

/** The address of the sign-in page that leads back to `path`; `ended` says there why one has to sign in again. */
export function signInPath(path: string, reason?: 'ended'): string {
  return withQuery('/sign-in', { ...wayBack(path), ...(reason && { reason }) });
}

/** The address of the page on which one chooses a password, which leads on to `path`. */
export function choosePasswordPath(path: string): string {
  return withQuery('/choose-password', wayBack(path));
}

function wayBack(path: string): Record<string, string> {
  const next = localPath(path);
  return next === '/' ? {} : { next };
}

function withQuery(page: string, parameters: Record<string, string>): string {
  const query = new URLSearchParams(parameters);
  return query.size === 0 ? page : `${page}?${query}`;
}
