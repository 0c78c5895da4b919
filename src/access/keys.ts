import { AppError } from '#domain/errors.ts';
import { may, type UserPrincipal } from '#domain/principal.ts';
import { KEY_SCOPES, type KeyScope } from '#domain/roles.ts';
import type { Prisma } from '#platform/db/prisma.ts';
import { change, type Tell, takeMemberLock } from './change.ts';
import { createSecret } from './key-secret.ts';
import type { KeyStore } from './key-store.ts';
import type { MemberDeps } from './members.ts';

export const KEY_STATES = ['active', 'expiring', 'expired', 'revoked'] as const;
/** `expiring`: replaced by another key, and good until it expires. */
export type KeyState = (typeof KEY_STATES)[number];

/** A service key as its admins see it: everything but the secret. Instants are ISO 8601 in UTC. */
export interface KeyView {
  readonly id: string;
  readonly name: string;
  /** The first characters of the secret, to recognise it. */
  readonly prefix: string;
  readonly scopes: readonly KeyScope[];
  readonly state: KeyState;
  readonly createdAt: string;
  readonly createdBy: string | null;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  /** Right to a minute or so. */
  readonly lastUsedAt: string | null;
  /** The key that this one was rotated from. */
  readonly replacesId: string | null;
}

export interface NewKey {
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  readonly expiresAt?: Date | undefined;
}

/** A key and its secret, which is shown this once and kept nowhere. */
export interface CreatedKey {
  readonly secret: string;
  readonly key: KeyView;
}

/**
 * The service keys of the actor's workspace. All throw AppError: NOT_FOUND for a key of no or another workspace,
 * FORBIDDEN for scopes that the actor himself lacks.
 */
export interface Keys {
  /** Newest first, those that ended included. */
  list(workspaceId: string): Promise<readonly KeyView[]>;
  /** @throws AppError INVALID_INPUT when `expiresAt` is not in the future. */
  create(actor: UserPrincipal, input: NewKey): Promise<CreatedKey>;
  /**
   * Another key in the place of `id`: same name, same scopes, as long a life. The old one goes on for `overlapHours`,
   * so that callers can be moved one by one; 0 ends it at once.
   * @throws AppError CONFLICT when it has ended or was rotated before.
   */
  rotate(actor: UserPrincipal, id: string, overlapHours: number): Promise<CreatedKey>;
  /** Ends a key at once, in every process. Doing it again changes nothing. */
  revoke(actor: UserPrincipal, id: string): Promise<KeyView>;
}

const HOUR_MS = 3_600_000;

const COLUMNS = {
  id: true,
  name: true,
  prefix: true,
  scopes: true,
  createdAt: true,
  createdById: true,
  expiresAt: true,
  revokedAt: true,
  lastUsedAt: true,
  replacesId: true,
} as const satisfies Prisma.ApiKeySelect;

type Row = Prisma.ApiKeyGetPayload<{ select: typeof COLUMNS }>;
type Tx = Prisma.TransactionClient;

export interface KeyDeps extends MemberDeps {
  readonly store: Pick<KeyStore, 'settled'>;
}

export function createKeys(deps: KeyDeps): Keys {
  const { prisma, clock, store } = deps;

  /** As change(), and this process knows the keys before whoever changed them gets his answer. */
  const changeKeys = async <T>(work: (tx: Tx, tell: Tell) => Promise<T>): Promise<T> => {
    const result = await change(deps, work);
    await store.settled();
    return result;
  };

  const insert = async (tx: Tx, actor: UserPrincipal, key: NewKey & { readonly replacesId?: string }) => {
    const { secret, prefix, hash } = createSecret();
    const row = await tx.apiKey.create({
      data: {
        workspaceId: actor.workspaceId,
        name: key.name,
        prefix,
        hash,
        scopes: [...key.scopes],
        createdById: actor.userId,
        createdAt: clock.now(),
        expiresAt: key.expiresAt ?? null,
        replacesId: key.replacesId ?? null,
      },
      select: COLUMNS,
    });
    return { secret, key: toView(row, false, actor.name, clock.now()) };
  };

  const find = async (tx: Tx, { workspaceId }: UserPrincipal, id: string): Promise<Row> => {
    const row = await tx.apiKey.findFirst({ where: { id, workspaceId }, select: COLUMNS });
    if (!row) throw new AppError('NOT_FOUND', { message: 'There is no such key.' });
    return row;
  };

  return {
    async list(workspaceId) {
      const rows = await prisma.apiKey.findMany({
        where: { workspaceId },
        select: COLUMNS,
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      });
      const creators = await prisma.user.findMany({
        where: { id: { in: rows.flatMap((row) => row.createdById ?? []) } },
        select: { id: true, name: true },
      });
      const names = new Map(creators.map((user) => [user.id, user.name]));
      const replaced = new Set(rows.map((row) => row.replacesId));
      return rows.map((row) =>
        toView(row, replaced.has(row.id), names.get(row.createdById ?? '') ?? null, clock.now()),
      );
    },

    create: (actor, input) =>
      changeKeys(async (tx, tell) => {
        assertMayGrant(actor, input.scopes);
        if (input.expiresAt && input.expiresAt <= clock.now()) {
          throw new AppError('INVALID_INPUT', { issues: [{ path: 'expiresAt', message: 'must be in the future' }] });
        }
        const created = await insert(tx, actor, input);
        tell({ kind: 'key', id: created.key.id, workspaceId: actor.workspaceId });
        return created;
      }),

    rotate: (actor, id, overlapHours) =>
      changeKeys(async (tx, tell) => {
        await takeMemberLock(tx);
        const { workspaceId } = actor;
        const old = await find(tx, actor, id);
        const now = clock.now();
        const isReplaced = (await tx.apiKey.count({ where: { replacesId: id } })) > 0;
        const { state } = toView(old, isReplaced, null, now);
        if (state !== 'active') {
          throw new AppError('CONFLICT', { message: `Only an active key can be rotated; this one is ${state}.` });
        }
        const scopes = KEY_SCOPES.filter((scope) => old.scopes.includes(scope));
        assertMayGrant(actor, scopes);
        const lifeMs = old.expiresAt && old.expiresAt.getTime() - old.createdAt.getTime();
        const expiresAt = lifeMs === null ? undefined : new Date(now.getTime() + lifeMs);
        const created = await insert(tx, actor, { name: old.name, scopes, expiresAt, replacesId: id });
        const overlapEnd = new Date(now.getTime() + overlapHours * HOUR_MS);
        const end = old.expiresAt && old.expiresAt < overlapEnd ? old.expiresAt : overlapEnd;
        await tx.apiKey.update({ where: { id }, data: { expiresAt: end } });
        tell({ kind: 'key', id: created.key.id, workspaceId }, { kind: 'key', id, workspaceId, ended: end <= now });
        return created;
      }),

    revoke: (actor, id) =>
      changeKeys(async (tx, tell) => {
        await takeMemberLock(tx);
        const key = await find(tx, actor, id);
        const revokedAt = key.revokedAt ?? clock.now();
        const row = await tx.apiKey.update({ where: { id }, data: { revokedAt }, select: COLUMNS });
        tell({ kind: 'key', id, workspaceId: actor.workspaceId, ended: true });
        return toView(row, false, null, clock.now());
      }),
  };
}

/** Nobody hands out more than he has. */
function assertMayGrant(actor: UserPrincipal, scopes: readonly KeyScope[]): void {
  const missing = scopes.find((scope) => !may(actor, scope));
  if (missing)
    throw new AppError('FORBIDDEN', { message: `You cannot give a key ${missing}, which you lack yourself.` });
}

function toView(row: Row, isReplaced: boolean, createdBy: string | null, now: Date): KeyView {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: KEY_SCOPES.filter((scope) => row.scopes.includes(scope)),
    state: stateOf(row, isReplaced, now),
    createdAt: row.createdAt.toISOString(),
    createdBy,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    replacesId: row.replacesId,
  };
}

function stateOf(row: Pick<Row, 'revokedAt' | 'expiresAt'>, isReplaced: boolean, now: Date): KeyState {
  if (row.revokedAt) return 'revoked';
  if (row.expiresAt && row.expiresAt <= now) return 'expired';
  return isReplaced ? 'expiring' : 'active';
}
