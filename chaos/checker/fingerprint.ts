import { createHash } from 'node:crypto';

/** What must come back as it was sent. */
export interface Content {
  readonly type: string;
  readonly category: string;
  readonly lead: string | null;
  readonly description: string;
  readonly message: string | null;
  readonly metadata: unknown;
  readonly source: string;
  /** Milliseconds since 1970; null when the client left it to the server. */
  readonly at: number | null;
}

/** A short text that differs when the content does: 64 bits of the SHA-256 of its members in one order. */
export function fingerprint({ type, category, lead, description, message, metadata, source, at }: Content): string {
  const parts = [type, category, lead, description, message, sorted(metadata), source, at];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, member]) => [key, sorted(member)]);
}
