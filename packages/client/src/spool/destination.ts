import { createHash } from 'node:crypto';

/** Where events are meant to go. Those of one destination are never sent to another: that would be another tenant's book. */
export interface Destination {
  readonly url: string;
  /** The workspace, where it was given; else what stands for the key, whose workspace only the server knows. */
  readonly tenant: string;
}

export interface Target {
  readonly url: string;
  readonly apiKey: string;
  readonly workspaceId?: string | undefined;
}

/** A key cannot be read back from this: it is random and long. */
export function destinationOf({ url, apiKey, workspaceId }: Target): Destination {
  if (workspaceId !== undefined) return { url, tenant: `workspace ${workspaceId.trim().toLowerCase()}` };
  return {
    url,
    tenant: `key ${createHash('sha256').update(`historybook spool\n${apiKey}`).digest('hex').slice(0, 16)}`,
  };
}

export function isSame(a: Destination, b: Destination): boolean {
  return a.url === b.url && a.tenant === b.tenant;
}

/** What an owner's note says about the destination; undefined when it says nothing. */
export function destinationIn(note: unknown): Destination | undefined {
  const found = typeof note === 'object' && note !== null && 'destination' in note ? note.destination : undefined;
  if (typeof found !== 'object' || found === null || !('url' in found) || !('tenant' in found)) return undefined;
  const { url, tenant } = found;
  return typeof url === 'string' && typeof tenant === 'string' ? { url, tenant } : undefined;
}
