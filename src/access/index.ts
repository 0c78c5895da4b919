/**
 * Access: who asks, and what he may do.
 *
 *   request ──x-api-key / Bearer──▶ key store (memory) ──┐
 *           ──session cookie──▶ sessions (5 s memory) ───┴▶ Principal ──▶ rate limit ──▶ may(principal, permission)
 *
 * People sign in by better-auth; services have keys of which the book keeps a hash. Whatever is kept in memory follows
 * the database by signals (platform/db/signal.ts): a key revoked or a role taken away counts at once in every process,
 * and what such a principal holds open is closed. Imports platform and domain alone.
 */
import type { Pool } from 'pg';
import type { Principal } from '#domain/principal.ts';
import type { Clock } from '#platform/clock.ts';
import type { PrismaClient } from '#platform/db/prisma.ts';
import type { Signals } from '#platform/db/signal.ts';
import type { KeptJson } from '#platform/kept-json.ts';
import type { Logger } from '#platform/log.ts';
import type { Service } from '#platform/service.ts';
import { clientAddress } from './address.ts';
import { createAuth, isDueForRefresh } from './auth.ts';
import { createAuthHandler, type FailedSignIn } from './auth-handler.ts';
import { type Authenticator, createAuthenticator } from './authenticate.ts';
import { ensureFirstAdmin, type FirstAdmin, type FirstAdminResult } from './bootstrap.ts';
import { ONE_TIME_ACCOUNT } from './credentials.ts';
import { createKeyStore, type KeyStore } from './key-store.ts';
import { createKeyUsage } from './key-usage.ts';
import { createKeys, type Keys } from './keys.ts';
import type { KnownOnDisk } from './known-on-disk.ts';
import { createMembers, type Members } from './members.ts';
import { createPeople, type People } from './people.ts';
import { createRateLimiter, DEFAULT_RATES, type RatePolicies } from './rate-limit.ts';
import { createRevocations, type RevocationMatch } from './revocation.ts';
import { assertSameOrigin, ownOrigins } from './same-origin.ts';
import { createAccessService } from './service.ts';
import { createSessions } from './sessions.ts';
import { workspaceCookie } from './workspace-cookie.ts';
import { createWorkspaceDirectory } from './workspace-directory.ts';
import { createWorkspaces, type Workspaces } from './workspaces.ts';

export type { FailedSignIn } from './auth-handler.ts';
export { type CurrentSession, WORKSPACE_HEADER } from './authenticate.ts';
export type { FirstAdmin, FirstAdminResult } from './bootstrap.ts';
export type { KnownKey } from './key-store.ts';
export type { CreatedKey, KeyState, KeyView, NewKey } from './keys.ts';
export { createKnownOnDisk, KNOWN_FILE, type KnownOnDisk } from './known-on-disk.ts';
export type { CreatedMember, MemberView, NewMember } from './members.ts';
export type { KnownPerson } from './people.ts';
export type { RatePolicies, RatePolicy } from './rate-limit.ts';
export type { RevocationMatch } from './revocation.ts';
export type { EnterableWorkspace, WorkspaceRecord } from './workspace-directory.ts';

export interface AccessConfig {
  readonly publicUrl: string | undefined;
  readonly port: number;
  readonly authSecret: string;
  /** The bootstrap service key: every scope, in any workspace. Kept in memory as its hash. */
  readonly internalApiKey: string;
  /** Limits other than the usual ones. */
  readonly rates?: Partial<RatePolicies>;
}

export interface AccessDeps {
  readonly pool: Pool;
  readonly prisma: PrismaClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signals: Signals;
  readonly config: AccessConfig;
  /** Keeps what is known of keys and workspaces, so that services can be told apart while the database is away. */
  readonly onDisk?: KeptJson<KnownOnDisk>;
  /** Told of every attempt to sign in that failed. */
  readonly onSignInFailed?: (attempt: FailedSignIn) => void;
}

export interface Access extends Service, Authenticator, Pick<People, 'findMember'> {
  /**
   * Answers what is under /api/auth: sign-in, sign-out, change of password. `socketAddress` is the peer of the socket.
   * @throws AppError for everything but success.
   */
  authHandler(request: Request, socketAddress: string | undefined): Promise<Response>;
  /** @throws AppError FORBIDDEN for a request that may change something and does not come from our own pages. */
  assertSameOrigin(headers: Headers, method: string): void;
  /** Counts `calls` of the principal, one when not given. @throws AppError RATE_LIMITED with `retryAfter`, when it asks too often. */
  limitRate(principal: Principal, calls?: number): void;
  /** Moves the end of the session in use, at most once a day; gives the Set-Cookie headers to answer with. */
  refreshSession(headers: Headers): Promise<readonly string[]>;
  /** The Set-Cookie header that remembers the workspace a person chose. */
  workspaceCookie(workspaceId: string): string;
  /** Calls `listener` when some principals may not go on as they were: close what they hold open. */
  onRevoked(listener: (match: RevocationMatch) => void): () => void;
  ensureFirstAdmin(admin: FirstAdmin): Promise<FirstAdminResult>;
  readonly keys: Keys & Pick<KeyStore, 'loadedHashes'>;
  readonly members: Members;
  readonly workspaces: Workspaces;
}

export function createAccess(deps: AccessDeps): Access {
  const { pool, prisma, clock, log, signals, config, onDisk } = deps;
  const kept = onDisk?.read();
  const origins = ownOrigins(config.publicUrl, config.port);
  const rates = { ...DEFAULT_RATES, ...config.rates };
  const limits = {
    key: createRateLimiter({ policy: rates.key, clock }),
    user: createRateLimiter({ policy: rates.user, clock }),
    signIn: createRateLimiter({ policy: rates.signIn, clock }),
  };

  const revocations = createRevocations({ pool, clock, log, signals });
  const directory = createWorkspaceDirectory({
    prisma,
    clock,
    signals,
    log,
    ...(kept && { lastKnown: kept.workspaces }),
  });
  const keyStore = createKeyStore({
    prisma,
    clock,
    log,
    signals,
    revocations,
    ...(kept && { lastKnown: kept.keys }),
  });
  const people = createPeople({ prisma, signals, log });
  const usage = createKeyUsage({ pool, clock });
  const auth = createAuth({ prisma, clock, log, signals, config });
  const sessions = createSessions({ auth, prisma, clock, signals });
  const authenticator = createAuthenticator({
    sessions,
    keys: keyStore,
    usage,
    directory,
    internalApiKey: config.internalApiKey,
  });
  const handleAuth = createAuthHandler({
    auth,
    origins,
    attempts: limits.signIn,
    hasOneTimePassword: async (userId) =>
      (await prisma.authAccount.count({ where: { userId, ...ONE_TIME_ACCOUNT } })) > 0,
    onSignInFailed: deps.onSignInFailed,
  });
  const service = createAccessService({ pool, clock, log, signals, keys: keyStore, people, usage, directory, onDisk });

  return {
    name: service.name,
    start: service.start,
    stop: service.stop,
    ...authenticator,
    findMember: people.findMember,
    authHandler: (request, socketAddress) =>
      handleAuth(request, clientAddress(request.headers, socketAddress, config.publicUrl !== undefined)),
    assertSameOrigin: (headers, method) => assertSameOrigin(headers, method, origins),
    limitRate(principal, calls) {
      if (principal.kind === 'key') limits.key.take(principal.keyId, calls);
      else limits.user.take(principal.userId, calls);
    },
    async refreshSession(headers) {
      const person = await sessions.find(headers);
      return person && isDueForRefresh(person.expiresAt, clock.now()) ? auth.refreshSession(headers) : [];
    },
    workspaceCookie: (workspaceId) => workspaceCookie(workspaceId, config.publicUrl),
    onRevoked: revocations.onRevoked,
    async ensureFirstAdmin(admin) {
      const result = await ensureFirstAdmin({ prisma, signals, clock }, admin);
      // The first workspace may have just been made: known from here on, whether or not the database stays.
      await directory.list();
      return result;
    },
    keys: { ...createKeys({ prisma, signals, clock, store: keyStore }), loadedHashes: keyStore.loadedHashes },
    members: createMembers({ prisma, signals, clock }),
    workspaces: createWorkspaces({ prisma, signals, clock }),
  };
}
