import type { KeyPrincipal } from '#domain/principal.ts';
import { KEY_SCOPES, type KeyScope } from '#domain/roles.ts';
import type { Clock } from '#platform/clock.ts';
import type { PrismaClient } from '#platform/db/prisma.ts';
import type { Signal, Signals } from '#platform/db/signal.ts';
import type { Logger } from '#platform/log.ts';
import { equalHashes } from './key-secret.ts';
import type { Revocations } from './revocation.ts';

/** What is known of a key that may be used. */
export interface KnownKey {
  readonly id: string;
  readonly workspaceId: string;
  readonly name: string;
  /** SHA-256 of the secret, hex. */
  readonly hash: string;
  readonly scopes: readonly KeyScope[];
  readonly expiresAt: Date | null;
}

/**
 * All keys that may be used, in memory: a request with a key costs no query, and keys go on working while the
 * database is away. A signal from whatever process changes a key keeps it right; a key that ended is gone at once.
 */
export interface KeyStore {
  /** Reads all keys. Until it has succeeded, only those last known are. */
  load(): Promise<void>;
  /** Who presents the secret of that hash (hashSecret), or undefined for a key that is unknown, expired or revoked. */
  authenticate(hash: string): KeyPrincipal | undefined;
  /** Resolves when all that signals have asked for so far has been read. */
  settled(): Promise<void>;
  /** Forgets the keys that have expired and closes what they hold open. */
  sweep(): void;
  /** The keys as they are known now, without any secret: what may be kept on disk to survive a start without database. */
  loadedHashes(): readonly KnownKey[];
}

export interface KeyStoreDeps {
  readonly prisma: PrismaClient;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  readonly signals: Signals;
  readonly revocations: Revocations;
  /** The keys as they were known last, for until they have been read. */
  readonly lastKnown?: readonly KnownKey[];
}

const COLUMNS = { id: true, workspaceId: true, name: true, hash: true, scopes: true, expiresAt: true } as const;

interface Entry {
  readonly key: KnownKey;
  readonly principal: KeyPrincipal;
}

export function createKeyStore(deps: KeyStoreDeps): KeyStore {
  const { prisma, clock, log, signals, revocations, lastKnown = [] } = deps;
  const byHash = new Map<string, Entry>();
  const hashOfId = new Map<string, string>();
  /** Ended keys never come back: a read that began before the end was committed must not bring one back. */
  const ended = new Set<string>();
  /** Reads follow each other, so that an older state never overwrites a newer one. */
  let reads: Promise<void> = Promise.resolve();

  const isUsable = (key: KnownKey) => !ended.has(key.id) && (key.expiresAt === null || key.expiresAt > clock.now());

  const drop = (id: string) => {
    byHash.delete(hashOfId.get(id) ?? '');
    hashOfId.delete(id);
  };

  /** Drops a key and closes what it holds open. */
  const end = (id: string) => {
    drop(id);
    revocations.revoke((principal) => principal.kind === 'key' && principal.keyId === id);
  };

  const put = (key: KnownKey) => {
    drop(key.id);
    const { id: keyId, name, workspaceId, scopes } = key;
    byHash.set(key.hash, { key, principal: { kind: 'key', keyId, name, workspaceId, scopes } });
    hashOfId.set(key.id, key.hash);
  };

  const inTurn = (read: () => Promise<void>): Promise<void> => {
    const turn = reads.then(read);
    reads = turn.catch(() => undefined);
    return turn;
  };

  const readOne = async (id: string) => {
    const row = await prisma.apiKey.findFirst({ where: { id, revokedAt: null }, select: COLUMNS });
    const key = row && { ...row, scopes: knownScopes(row.scopes) };
    if (key && isUsable(key)) put(key);
    else end(id);
  };

  const readAll = async () => {
    const rows = await prisma.apiKey.findMany({ where: { revokedAt: null }, select: COLUMNS });
    const usable = rows.map((row) => ({ ...row, scopes: knownScopes(row.scopes) })).filter(isUsable);
    const stay = new Set(usable.map((key) => key.id));
    for (const id of [...hashOfId.keys()]) if (!stay.has(id)) end(id);
    for (const key of usable) put(key);
  };

  for (const key of lastKnown) put(key);

  signals.subscribe('key', (signal: Signal) => {
    if (signal.ended) {
      ended.add(signal.id);
      end(signal.id);
    } else {
      inTurn(() => readOne(signal.id)).catch((error) => {
        log.warn({ err: error, keyId: signal.id }, 'a changed key cannot be read yet');
      });
    }
  });

  signals.subscribe('workspace', (signal: Signal) => {
    if (!signal.ended) return;
    for (const { key } of [...byHash.values()]) if (key.workspaceId === signal.id) end(key.id);
  });

  return {
    load: () => inTurn(readAll),
    settled: () => reads,

    authenticate(hash) {
      const entry = byHash.get(hash);
      if (!entry || !equalHashes(entry.key.hash, hash) || !isUsable(entry.key)) return undefined;
      return entry.principal;
    },

    sweep() {
      for (const { key } of [...byHash.values()]) if (!isUsable(key)) end(key.id);
    },

    loadedHashes: () => [...byHash.values()].map(({ key }) => key),
  };
}

/** A scope that this version does not know (the database served a newer one) grants nothing. */
function knownScopes(scopes: readonly string[]): KeyScope[] {
  return KEY_SCOPES.filter((scope) => scopes.includes(scope));
}
