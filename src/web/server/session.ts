import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { Services } from '#api/services.ts';
import { ROLE_PERMISSIONS } from '#domain/roles.ts';
import { choosePasswordPath, signInPath } from '../session/next-path.ts';
import type { Session } from '../session/session.tsx';
import { UNREACHABLE_DIGEST } from '../session/unreachable.ts';

/** Where runtime/expose.ts puts the running services: pages are another module world and make none of their own. */
const SERVICES = Symbol.for('historybook');

function services(): Services {
  const exposed = (globalThis as { [SERVICES]?: Services })[SERVICES];
  if (!exposed) throw new Error('pages are rendered inside the running server: start it with npm start');
  return exposed;
}

/** The session that this request's cookie stands for, or null. */
export async function currentSession(): Promise<Session | null> {
  const { access } = services();
  const asked = new Headers(await headers());
  // A page that is opened while the database is away opens for who was known before; what it reads says so by itself.
  const session = await access
    .currentSession(asked)
    .catch(async (error: unknown) => (await access.lastKnownSession(asked)) ?? markUnreachable(error));
  if (!session) return null;
  const { person, current, workspaces } = session;
  return {
    user: { id: person.userId, name: person.name, email: person.email },
    passwordChangeRequired: person.passwordChangeRequired,
    workspace: current ?? null,
    workspaces,
    role: current?.role ?? null,
    permissions: current ? ROLE_PERMISSIONS[current.role] : [],
  };
}

/** What a page shows of an error is its digest alone: this one tells it that the database is away. */
function markUnreachable(error: unknown): never {
  const isUnreachable = error instanceof Error && 'code' in error && error.code === 'UNAVAILABLE';
  throw isUnreachable ? Object.assign(error, { digest: UNREACHABLE_DIGEST }) : error;
}

/**
 * The session of this request; without one, the answer is the way to the sign-in page and back here. Of a person who has
 * to choose a password first, it is the way there.
 */
export async function requireSession(): Promise<Session> {
  const session = await currentSession();
  if (!session) redirect(signInPath(await requestedPath()));
  if (session.passwordChangeRequired) redirect(choosePasswordPath(await requestedPath()));
  return session;
}

/** The path of this request, which the server in front hands on; `_rsc` marks a navigation inside the app. */
async function requestedPath(): Promise<string> {
  const url = new URL((await headers()).get('x-request-path') ?? '/', 'http://localhost');
  url.searchParams.delete('_rsc');
  return url.pathname + url.search;
}

/** The nonce of this answer's content security policy; runtime code must carry it to be run. */
export async function pageNonce(): Promise<string> {
  return (await headers()).get('x-nonce') ?? '';
}
