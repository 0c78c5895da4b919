/**
 * Where to go after signing in: `next` when it is a path of this site, else the home page. `//host`, `/\host` and
 * control characters, which browsers read as another site, are not paths of this site.
 */
export function localPath(next: string | null | undefined): string {
  if (!next || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(next)) return '/';
  return next.startsWith('/sign-in') || next.startsWith('/api/') ? '/' : next;
}

/** The address of the sign-in page that leads back to `path`; `ended` says there why one has to sign in again. */
export function signInPath(path: string, reason?: 'ended'): string {
  const back = localPath(path);
  const query = new URLSearchParams({ ...(back !== '/' && { next: back }), ...(reason && { reason }) });
  return query.size === 0 ? '/sign-in' : `/sign-in?${query}`;
}
