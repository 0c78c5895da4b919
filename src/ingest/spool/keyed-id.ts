import { hash } from 'node:crypto';

/**
 * The id of an activity that has an idempotency key: a UUID of version 8 (RFC 9562) made of the SHA-256 of workspace and
 * key. Every process gives the same event the same id without asking anybody, so that receipts given while the database
 * is away name the activity that will be in the book.
 */
export function keyedId(workspaceId: string, key: string): string {
  const digest = hash('sha256', `${workspaceId}\n${key}`, 'hex');
  const variant = '89ab'[Number.parseInt(digest.charAt(16), 16) & 3];
  const [a, b, c, d, e] = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    digest.slice(13, 16),
    digest.slice(17, 20),
    digest.slice(20, 32),
  ];
  return `${a}-${b}-8${c}-${variant}${d}-${e}`;
}
