/**
 * Where to go after signing in: `next` when it is a path of this site, else the home page. `//host`, `/\host` and
 * control characters, which browsers read as another site, are not paths of this site.
 */
export function localPath(next: string | null | undefined): string {
  if (!next || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(next)) return '/';
  return next.startsWith('/sign-in') || next.startsWith('/api/') ? '/' : next;
}

/** The address of the sign-in page that leads back to `path`. */
export function signInPath(path: string): string {
  const back = localPath(path);
  return back === '/' ? '/sign-in' : `/sign-in?${new URLSearchParams({ next: back })}`;
}
