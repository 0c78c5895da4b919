/**
 * What every session is set to, whatever server, database, role or address say. TimeZone: days are cut by ours. And what is
 * acknowledged is on the disk: a server that is set to answer sooner must not change that.
 */
const OURS = '-c TimeZone=UTC -c synchronous_commit=on';

/**
 * The address without the `options` in its query, and the options to give in their place: pg lets those of the address
 * replace all others. Of two that say different things PostgreSQL takes the last, so ours come behind.
 */
export function withSessionOptions(url: string): { readonly url: string; readonly options: string } {
  const at = url.indexOf('?');
  if (at < 0) return { url, options: OURS };
  const params = url.slice(at + 1).split('&');
  const isOptions = (param: string) => new URLSearchParams(param).has('options');
  const given = params.filter(isOptions).map((param) => new URLSearchParams(param).get('options'));
  const others = params.filter((param) => !isOptions(param)).join('&');
  return { url: url.slice(0, at) + (others && `?${others}`), options: [...given, OURS].join(' ') };
}
