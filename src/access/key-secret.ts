import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export const KEY_PREFIX = 'hb_';
/** How much of a secret is kept readable, to recognise a key in a list: the prefix and 6 of 43 characters. */
const SHOWN_LENGTH = 9;

export interface NewSecret {
  /** Shown once, kept nowhere. */
  readonly secret: string;
  readonly prefix: string;
  readonly hash: string;
}

/** A new service key: 256 random bits. That many need no slow hash: SHA-256 of it cannot be guessed back. */
export function createSecret(): NewSecret {
  const secret = `${KEY_PREFIX}${randomBytes(32).toString('base64url')}`;
  return { secret, prefix: secret.slice(0, SHOWN_LENGTH), hash: hashSecret(secret) };
}

/** SHA-256, hex: what the book keeps of a secret. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Compares two hashes of hashSecret in a time that does not depend on where they differ. */
export function equalHashes(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one, 'hex'), Buffer.from(other, 'hex')];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Longer than any key; what is longer is not even hashed. */
const MAX_SECRET_LENGTH = 256;

/**
 * The service key that a request presents: `x-api-key`, else `Authorization: Bearer …`. Undefined when it presents
 * none; '' when it presents something that cannot be one.
 */
export function presentedKey(headers: Headers): string | undefined {
  const key = headers.get('x-api-key') ?? /^Bearer\s+(.*)$/i.exec(headers.get('authorization') ?? '')?.[1];
  if (key === undefined) return undefined;
  const trimmed = key.trim();
  return trimmed.length <= MAX_SECRET_LENGTH ? trimmed : '';
}
