/**
 * Two kinds of cursor.
 *
 * A stream cursor is `epoch.seq`: a place in the order in which the book took things. The epoch changes when the
 * database is a restored copy, so that an old cursor is answered `resync` and never a wrong page.
 *
 * A page cursor is an opaque token of the last row of a page, for keyset paging.
 */
export interface StreamCursor {
  readonly epoch: number;
  readonly seq: number;
}

export function formatStreamCursor(cursor: StreamCursor): string {
  return `${cursor.epoch}.${cursor.seq}`;
}

/** The cursor written by formatStreamCursor, or undefined for anything else. */
export function parseStreamCursor(text: string): StreamCursor | undefined {
  const match = /^(\d{1,9})\.(\d{1,15})$/.exec(text);
  return match ? { epoch: Number(match[1]), seq: Number(match[2]) } : undefined;
}

/** The values a page was sorted by, in order, and the id of its last row. Strings, for they go through a URL. */
export type PageCursor = readonly string[];

export function formatPageCursor(cursor: PageCursor): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(cursor))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** The cursor written by formatPageCursor, or undefined for anything else. */
export function parsePageCursor(text: string): PageCursor | undefined {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const value: unknown = JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (c) => c.charCodeAt(0))));
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}
