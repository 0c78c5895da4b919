import { hashPassword } from '#access/auth.ts';
import { setPassword } from '#access/credentials.ts';
import { type Access, type AccessConfig, createAccess, createKnownOnDisk } from '#access/index.ts';
import type { UserPrincipal } from '#domain/principal.ts';
import type { Role } from '#domain/roles.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import { createPrisma, type PrismaClient } from '#platform/db/prisma.ts';
import { createSignals, type Signals } from '#platform/db/signal.ts';
import { type Logger, silentLogger } from '#platform/log.ts';
import type { TestDatabase } from './database.ts';

export const TEST_INTERNAL_KEY = 'internal-key-of-the-tests';
export const TEST_ORIGIN = 'http://localhost:3000';

/** Access as one process has it, running on a test database. */
export interface TestAccess {
  readonly access: Access;
  readonly prisma: PrismaClient;
  readonly signals: Signals;
  stop(): Promise<void>;
}

export interface TestAccessOptions {
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly config?: Partial<AccessConfig>;
  /** Where it keeps what it knows of keys; nowhere when not given. */
  readonly dataDir?: string;
}

/** Starts what a process starts; call it twice on one database to have two processes. */
export async function startTestAccess(database: TestDatabase, options: TestAccessOptions = {}): Promise<TestAccess> {
  const { clock = systemClock, log = silentLogger, dataDir } = options;
  const prisma = createPrisma(database.pool);
  const signals = createSignals({ connection: { url: database.url, applicationName: 'test-signals' }, log });
  const access = createAccess({
    pool: database.pool,
    prisma,
    clock,
    log,
    signals,
    ...(dataDir !== undefined && { onDisk: createKnownOnDisk(dataDir, log) }),
    config: {
      publicUrl: undefined,
      port: 3000,
      authSecret: 'a-secret-of-the-tests-that-signs-nothing-else-0123456789',
      internalApiKey: TEST_INTERNAL_KEY,
      ...options.config,
    },
  });
  await signals.start();
  await access.start();
  return {
    access,
    prisma,
    signals,
    async stop() {
      await access.stop();
      await signals.stop();
      await prisma.$disconnect();
    },
  };
}

export interface TestPerson {
  readonly userId: string;
  readonly email: string;
  readonly password: string;
}

/** Everybody's, and made into a hash once: each costs what a hash of a password is meant to cost. */
const PASSWORD = 'password-of-everybody-in-the-tests';
let hash: Promise<string> | undefined;

let people = 0;

/** A person with a role in a workspace, put straight into the tables. */
export async function addPerson(prisma: PrismaClient, workspaceId: string, role: Role): Promise<TestPerson> {
  people += 1;
  const email = `person-${people}@example.com`;
  hash ??= hashPassword(PASSWORD);
  const superAdmin = role === 'SUPER_ADMIN';
  const user = await prisma.user.create({ data: { email, name: `Person ${people}`, superAdmin } });
  await setPassword(prisma, user.id, { hash: await hash, isOneTime: false }, new Date());
  await prisma.membership.create({ data: { workspaceId, userId: user.id, role: superAdmin ? 'ADMIN' : role } });
  return { userId: user.id, email, password: PASSWORD };
}

/** A POST under /api/auth as a page of ours makes it. */
export function authRequest(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Request {
  return new Request(`${TEST_ORIGIN}/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: TEST_ORIGIN, host: 'localhost:3000', ...headers },
    body: JSON.stringify(body),
  });
}

/** Signs in and gives what the browser would send from then on. @throws AppError when it is refused */
export async function signIn(
  access: Access,
  { email, password }: Pick<TestPerson, 'email' | 'password'>,
): Promise<Headers> {
  const answer = await access.authHandler(authRequest('/sign-in/email', { email, password }), '127.0.0.1');
  return cookiesOf(answer);
}

/** The Cookie header that answers the Set-Cookie headers of `answer`. */
export function cookiesOf(answer: Response): Headers {
  const pairs = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '');
  return new Headers({ cookie: pairs.join('; ') });
}

/** Who `headers` say is asking. @throws Error when it is nobody, or a key */
export async function personOf(access: Access, headers: Headers): Promise<UserPrincipal> {
  const principal = await access.authenticate(headers);
  if (principal?.kind === 'user') return principal;
  throw new Error('nobody is signed in');
}
