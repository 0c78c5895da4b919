import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ensureDataDir } from './data-dir.ts';
import { writeDurably } from './durable-file.ts';

export interface Secrets {
  /** Bootstrap service key of the REST bridge. */
  readonly internalApiKey: string;
  readonly adminPassword: string;
  /** Signs sessions. */
  readonly authSecret: string;
  /** Password of the embedded PostgreSQL. */
  readonly pgPassword: string;
  /** Password of the role that reads it. */
  readonly analystPassword: string;
  /** Encrypts what the database holds in secret, such as the addresses of webhooks. */
  readonly encryptionKey: string;
}

const secretsFileSchema = z.looseObject({
  internalApiKey: z.string().min(1).optional(),
  adminPassword: z.string().min(1).optional(),
  authSecret: z.string().min(1).optional(),
  pgPassword: z.string().min(1).optional(),
  analystPassword: z.string().min(1).optional(),
  encryptionKey: z.string().min(1).optional(),
});
/** Keys of a newer version are carried along. */
type SecretsFile = Partial<Secrets> & Record<string, unknown>;

export const SECRETS_FILE = 'secrets.json';

/**
 * All secrets of this installation: those given by the environment win and are never written down, the others are made
 * once and kept in `dataDir`/secrets.json, which only its owner can read. Several processes that start at once
 * agree on one set.
 * @throws ConfigError when the folder cannot be written; Error when the file is damaged: it is never replaced silently,
 * since the embedded database could not be opened any more.
 */
export function loadSecrets(dataDir: string, given: Partial<Secrets> = {}): Secrets {
  ensureDataDir(dataDir);
  const path = join(dataDir, SECRETS_FILE);
  const made = makeSecrets();
  const kept = readSecretsFile(path) ?? createSecretsFile(path, made);
  const known = firstKnown(kept, made);
  if (Object.keys(known).some((key) => !(key in kept))) writeSecretsFile(path, known);
  return firstKnown(given, known);
}

/** The secrets as they were kept, or undefined when there are none yet; makes and changes nothing. */
export function readKeptSecrets(dataDir: string): Partial<Secrets> | undefined {
  return readSecretsFile(join(dataDir, SECRETS_FILE));
}

function makeSecrets(): Secrets {
  return {
    internalApiKey: `hb_${token(24)}`,
    adminPassword: token(12),
    authSecret: token(32),
    pgPassword: token(24),
    analystPassword: token(24),
    encryptionKey: token(32),
  };
}

function token(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

function readSecretsFile(path: string): SecretsFile | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  try {
    return secretsFileSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(`${path} is damaged: put back a copy, or move it away to have new secrets made`, { cause: error });
  }
}

/** Writes the file unless another process was first; returns what it holds now. */
function createSecretsFile(path: string, secrets: Secrets): SecretsFile {
  const draft = writeDraft(path, secrets);
  try {
    linkSync(draft, path);
    return { ...secrets };
  } catch (error) {
    const winner = readSecretsFile(path);
    if (winner !== undefined) return winner;
    if (!(error instanceof Error && 'code' in error && HAS_NO_LINKS.has(error.code))) throw error;
    renameSync(draft, path);
    return { ...secrets };
  } finally {
    rmSync(draft, { force: true });
  }
}

/** What file systems without hard links say (some network and container mounts). */
const HAS_NO_LINKS: ReadonlySet<unknown> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Replaces the file in one step: a reader sees the old content or the new, never a part. */
function writeSecretsFile(path: string, secrets: Secrets): void {
  renameSync(writeDraft(path, secrets), path);
}

function writeDraft(path: string, secrets: Secrets): string {
  const draft = `${path}.${process.pid}.${token(4)}`;
  writeDurably(draft, `${JSON.stringify(secrets, null, 2)}\n`, 0o600);
  return draft;
}

function firstKnown<T extends Partial<Secrets>>(first: T, second: Secrets): T & Secrets {
  return {
    ...first,
    internalApiKey: first.internalApiKey ?? second.internalApiKey,
    adminPassword: first.adminPassword ?? second.adminPassword,
    authSecret: first.authSecret ?? second.authSecret,
    pgPassword: first.pgPassword ?? second.pgPassword,
    analystPassword: first.analystPassword ?? second.analystPassword,
    encryptionKey: first.encryptionKey ?? second.encryptionKey,
  };
}
