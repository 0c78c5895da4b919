import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** Encrypts what has to be read again (addresses that are secrets, signing keys) before it goes into the database. */
export interface Seal {
  /** Which key it is, without giving anything away of it. */
  readonly keyId: string;
  /** AES-256-GCM under a nonce of its own; `purpose` binds it to its place, so that it opens nowhere else. */
  seal(text: string, purpose: string): string;
  /** @throws Error when it was not sealed with this key for this purpose, or was changed since */
  open(sealed: string, purpose: string): string;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A seal whose key follows from `secret`, at least 16 characters that nobody can guess. */
export function createSeal(secret: string): Seal {
  const key = Buffer.from(hkdfSync('sha256', secret, 'historybook', 'seal', 32));
  const keyId = createHash('sha256').update(key).digest('hex').slice(0, 12);
  return {
    keyId,
    seal(text, purpose) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(purpose));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return `v1.${Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')}`;
    },
    open(sealed, purpose) {
      const [version, encoded = ''] = sealed.split('.');
      const bytes = Buffer.from(encoded, 'base64url');
      if (version !== 'v1' || bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error('not sealed by this version');
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(purpose));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const body = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    },
  };
}
