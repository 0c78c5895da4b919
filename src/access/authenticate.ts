import { parseCookies } from 'better-auth/cookies';
import { AppError } from '#domain/errors.ts';
import { UUID_PATTERN } from '#domain/ids.ts';
import type { KeyPrincipal, Principal, UserPrincipal } from '#domain/principal.ts';
import { KEY_SCOPES } from '#domain/roles.ts';
import { equalHashes, hashSecret, presentedKey } from './key-secret.ts';
import type { KeyStore } from './key-store.ts';
import type { KeyUsage } from './key-usage.ts';
import type { Sessions, SignedInPerson } from './sessions.ts';
import type { EnterableWorkspace, WorkspaceDirectory } from './workspace-directory.ts';

/** Names the workspace to act in. */
export const WORKSPACE_HEADER = 'x-workspace-id';
/** Remembers the workspace a person chose last. */
export const WORKSPACE_COOKIE = 'hb_workspace';
/** The id of the bootstrap key, which has no row. */
export const BOOTSTRAP_KEY_ID = 'internal';

/** A signed-in person with the workspaces that are open to him; the current one is undefined when none is. */
export interface CurrentSession {
  readonly person: SignedInPerson;
  readonly workspaces: readonly EnterableWorkspace[];
  readonly current: EnterableWorkspace | undefined;
}

export interface Authenticator {
  /**
   * Who asks, or null for nobody: a service key when one is presented (a bad one is nobody, whatever cookie comes with
   * it), else the session.
   * @throws AppError PASSWORD_CHANGE_REQUIRED for a person whose password is not his own yet: no session becomes a
   * principal but here, so nothing is open to him; NOT_FOUND when the header names a workspace the asker cannot enter;
   * UNAVAILABLE.
   */
  authenticate(headers: Headers): Promise<Principal | null>;
  /** The session behind the cookie, also of a person who belongs to no workspace, or may enter none before he chose a password. */
  currentSession(headers: Headers): Promise<CurrentSession | null>;
  /** The session as it was when the database could last be asked; for reading while it cannot. */
  lastKnownSession(headers: Headers): Promise<CurrentSession | null>;
  /** The person of that session in its workspace. */
  lastKnown(headers: Headers): Promise<UserPrincipal | undefined>;
}

export interface AuthenticatorDeps {
  readonly sessions: Sessions;
  readonly keys: KeyStore;
  readonly usage: KeyUsage;
  readonly directory: WorkspaceDirectory;
  readonly internalApiKey: string;
}

export function createAuthenticator(deps: AuthenticatorDeps): Authenticator {
  const { sessions, keys, usage, directory } = deps;
  const internalHash = hashSecret(deps.internalApiKey);

  const bootstrapPrincipal = async (wanted: string | undefined): Promise<KeyPrincipal> => {
    const workspace = wanted === undefined ? await directory.home() : await directory.find(wanted);
    if (!workspace) throw new AppError('NOT_FOUND', { message: 'There is no such workspace.' });
    return {
      kind: 'key',
      keyId: BOOTSTRAP_KEY_ID,
      name: 'internal-api-key',
      workspaceId: workspace.id,
      scopes: KEY_SCOPES,
    };
  };

  const byKey = async (secret: string, wanted: string | undefined): Promise<KeyPrincipal | null> => {
    const hash = hashSecret(secret);
    if (equalHashes(hash, internalHash)) return bootstrapPrincipal(wanted);
    const principal = keys.authenticate(hash);
    if (!principal) return null;
    if (wanted !== undefined && wanted !== principal.workspaceId) {
      throw new AppError('NOT_FOUND', { message: 'There is no such workspace.' });
    }
    usage.touch(principal.keyId);
    return principal;
  };

  const enterable = async (person: SignedInPerson): Promise<EnterableWorkspace[]> => {
    if (person.superAdmin) {
      const all = await directory.list();
      return all.map((workspace) => ({ ...workspace, role: 'SUPER_ADMIN' }));
    }
    const found = await Promise.all(
      person.memberships.map(async ({ workspaceId, role }) => {
        const workspace = await directory.find(workspaceId);
        return workspace && { ...workspace, role };
      }),
    );
    return found.filter((workspace) => workspace !== undefined);
  };

  const sessionOf = async (person: SignedInPerson | undefined, headers: Headers): Promise<CurrentSession | null> => {
    if (!person) return null;
    if (person.passwordChangeRequired) return { person, workspaces: [], current: undefined };
    const workspaces = await enterable(person);
    return { person, workspaces, current: choose(workspaces, headers) };
  };
  const currentSession = async (headers: Headers) => sessionOf(await sessions.find(headers), headers);
  const lastKnownSession = async (headers: Headers) => sessionOf(await sessions.lastKnown(headers), headers);

  return {
    currentSession,
    lastKnownSession,
    lastKnown: async (headers) => principalOf(await lastKnownSession(headers)),
    async authenticate(headers) {
      const secret = presentedKey(headers);
      if (secret !== undefined) return byKey(secret, wantedWorkspace(headers));
      const session = await currentSession(headers);
      if (session?.person.passwordChangeRequired) throw new AppError('PASSWORD_CHANGE_REQUIRED');
      return principalOf(session) ?? null;
    },
  };
}

/**
 * The workspace a header names has to be open to the person. That of the cookie is a preference: when it was left or
 * removed since, the first one takes its place, or nobody could get past a stale cookie.
 */
function choose(workspaces: readonly EnterableWorkspace[], headers: Headers): EnterableWorkspace | undefined {
  const wanted = wantedWorkspace(headers);
  if (wanted !== undefined) {
    const found = workspaces.find(({ id }) => id === wanted);
    if (!found) throw new AppError('NOT_FOUND', { message: 'There is no such workspace.' });
    return found;
  }
  const preferred = parseCookies(headers.get('cookie') ?? '').get(WORKSPACE_COOKIE);
  return workspaces.find(({ id }) => id === preferred) ?? workspaces[0];
}

function wantedWorkspace(headers: Headers): string | undefined {
  const wanted = headers.get(WORKSPACE_HEADER)?.trim().toLowerCase();
  if (!wanted) return undefined;
  if (!UUID_PATTERN.test(wanted)) {
    const message = `There is no such workspace: ${WORKSPACE_HEADER} must be the id of one (a UUID).`;
    throw new AppError('NOT_FOUND', { message });
  }
  return wanted;
}

function principalOf(session: CurrentSession | null): UserPrincipal | undefined {
  if (!session?.current) return undefined;
  const { userId, sessionId, email, name, superAdmin } = session.person;
  const { id: workspaceId, role } = session.current;
  return { kind: 'user', userId, sessionId, email, name, superAdmin, workspaceId, role };
}
