import { parseCookies } from 'better-auth/cookies';
import { AppError } from '#domain/errors.ts';
import type { WorkspaceRole } from '#domain/roles.ts';
import type { Clock } from '#platform/clock.ts';
import type { PrismaClient } from '#platform/db/prisma.ts';
import type { Signals } from '#platform/db/signal.ts';
import type { Auth } from './auth.ts';
import { ONE_TIME_ACCOUNT } from './credentials.ts';
import { parseWorkspaceRole } from './membership-role.ts';

/** A person with a valid session. */
export interface SignedInPerson {
  readonly sessionId: string;
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly superAdmin: boolean;
  /** He signed in with a password that somebody else made, and has not chosen his own yet. */
  readonly passwordChangeRequired: boolean;
  readonly expiresAt: Date;
  /** Oldest first. */
  readonly memberships: readonly { readonly workspaceId: string; readonly role: WorkspaceRole }[];
}

/** Whose session a request carries, remembered for a few seconds so that a page of requests costs one look. */
export interface Sessions {
  /** @throws AppError UNAVAILABLE when the database cannot say. */
  find(headers: Headers): Promise<SignedInPerson | undefined>;
  /**
   * Whose it was when the database could last be asked: so that a page can be opened, and the one that tells of an outage be
   * read, while it cannot. Nothing is taken away while the database is away, for that too is written there; what was taken
   * away before is forgotten by the same signals.
   */
  lastKnown(headers: Headers): Promise<SignedInPerson | undefined>;
}

/** How long a session is believed without a look, in milliseconds. Ends earlier by a signal. */
export const SESSION_TTL_MS = 5_000;
const MAX_REMEMBERED = 10_000;
/** How long somebody is known after the last look, in milliseconds. */
const KNOWN_MS = 15 * 60_000;
const MAX_KNOWN = 1_000;

export interface SessionsDeps {
  readonly auth: Auth;
  readonly prisma: PrismaClient;
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>;
  readonly signals: Signals;
}

interface Known {
  readonly until: number;
  readonly person: SignedInPerson;
}

interface Remembered {
  readonly until: number;
  readonly person: Promise<SignedInPerson | undefined>;
  /** Known once `person` resolved. */
  sessionId?: string;
  userId?: string;
}

export function createSessions({ auth, prisma, clock, signals }: SessionsDeps): Sessions {
  const remembered = new Map<string, Remembered>();
  const known = new Map<string, Known>();

  /** A look that has not ended yet may have read what was before the change, so it is forgotten too. */
  const forget = (isConcerned: (entry: Pick<Remembered, 'sessionId' | 'userId'>) => boolean) => {
    for (const [cookie, entry] of remembered) {
      if (entry.userId === undefined || isConcerned(entry)) remembered.delete(cookie);
    }
    for (const [cookie, { person }] of known) if (isConcerned(person)) known.delete(cookie);
  };
  const forgetAll = () => {
    remembered.clear();
    known.clear();
  };
  signals.subscribe('session', ({ id }) => forget((entry) => entry.sessionId === id));
  signals.subscribe('member', ({ id }) => forget((entry) => entry.userId === id));
  signals.subscribe('workspace', forgetAll);
  signals.onGap(forgetAll);

  const look = async (headers: Headers): Promise<SignedInPerson | undefined> => {
    const found = await auth.findSession(headers);
    if (!found) return undefined;
    const user = await prisma.user.findUnique({
      where: { id: found.userId, disabledAt: null },
      select: {
        email: true,
        name: true,
        superAdmin: true,
        accounts: { where: ONE_TIME_ACCOUNT, select: { id: true } },
        memberships: {
          select: { workspaceId: true, role: true },
          orderBy: [{ createdAt: 'asc' }, { workspaceId: 'asc' }],
        },
      },
    });
    if (!user) return undefined;
    const { accounts, ...person } = user;
    const memberships = user.memberships.map(({ workspaceId, role }) => ({
      workspaceId,
      role: parseWorkspaceRole(role),
    }));
    return { ...found, ...person, memberships, passwordChangeRequired: accounts.length > 0 };
  };

  const remember = (cookie: string, headers: Headers): Remembered => {
    const entry: Remembered = { until: clock.monotonicMs() + SESSION_TTL_MS, person: look(headers) };
    put(remembered, cookie, entry, MAX_REMEMBERED);
    entry.person.then(
      (person) => {
        if (remembered.get(cookie) !== entry) return;
        if (person) {
          Object.assign(entry, { sessionId: person.sessionId, userId: person.userId });
          put(known, cookie, { until: clock.monotonicMs() + KNOWN_MS, person }, MAX_KNOWN);
        } else {
          remembered.delete(cookie);
          known.delete(cookie);
        }
      },
      () => {
        if (remembered.get(cookie) === entry) remembered.delete(cookie);
      },
    );
    return entry;
  };

  const cookieOf = async (headers: Headers) =>
    parseCookies(headers.get('cookie') ?? '').get(await auth.cookieName()) || undefined;
  const isFresh = ({ until }: { readonly until: number }) => until > clock.monotonicMs();
  const unlessExpired = (person: SignedInPerson | undefined) =>
    person && person.expiresAt > clock.now() ? person : undefined;

  return {
    async find(headers) {
      const cookie = await cookieOf(headers);
      if (!cookie) return undefined;
      const before = remembered.get(cookie);
      const entry = before && isFresh(before) ? before : remember(cookie, headers);
      try {
        return unlessExpired(await entry.person);
      } catch (cause) {
        throw new AppError('UNAVAILABLE', { retryAfter: 1, cause });
      }
    },
    async lastKnown(headers) {
      const entry = known.get((await cookieOf(headers)) ?? '');
      return entry && isFresh(entry) ? unlessExpired(entry.person) : undefined;
    },
  };
}

/** As the newest, in place of the oldest when there are more than `max`. */
function put<Entry>(entries: Map<string, Entry>, cookie: string, entry: Entry, max: number): void {
  entries.delete(cookie);
  entries.set(cookie, entry);
  const [oldest] = entries.keys();
  if (entries.size > max && oldest !== undefined) entries.delete(oldest);
}
