import { prismaAdapter } from 'better-auth/adapters/prisma';
import { hashPassword, verifyPassword } from 'better-auth/crypto';
import { betterAuth } from 'better-auth/minimal';
import { uuidv7 } from '#domain/ids.ts';
import { PASSWORD_LENGTH } from '#domain/password.ts';
import type { Clock } from '#platform/clock.ts';
import type { PrismaClient } from '#platform/db/prisma.ts';
import type { Signals } from '#platform/db/signal.ts';
import type { Logger } from '#platform/log.ts';
import { change } from './change.ts';
import { isOriginOfHost, ownOrigins } from './same-origin.ts';

/** Where better-auth's endpoints stand. */
export const AUTH_BASE_PATH = '/api/auth';
/** Set by auth-handler.ts on every request it passes on, over whatever a client sent under that name. */
export const ADDRESS_HEADER = 'x-historybook-address';

const DAY_S = 24 * 60 * 60;
/** A session lasts this long without a visit, in seconds; each day of use moves its end. */
const SESSION_S = 7 * DAY_S;

export interface AuthConfig {
  /** Origin under which browsers reach the server, when it is behind a proxy. */
  readonly publicUrl: string | undefined;
  readonly port: number;
  /** Signs the session cookie; at least 32 characters. */
  readonly authSecret: string;
}

export interface AuthDeps {
  readonly prisma: PrismaClient;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  readonly signals: Signals;
  readonly config: AuthConfig;
}

export interface FoundSession {
  readonly sessionId: string;
  readonly userId: string;
  readonly expiresAt: Date;
}

/** Sign-in of people, as better-auth does it. Everything else of the house sees only this. */
export interface Auth {
  /** Serves better-auth's endpoints. Only auth-handler.ts calls it. */
  handle(request: Request): Promise<Response>;
  /** The session whose signed cookie is in `headers`. */
  findSession(headers: Headers): Promise<FoundSession | undefined>;
  /** Moves the end of a session in use, once a day; gives the Set-Cookie headers to answer with. */
  refreshSession(headers: Headers): Promise<readonly string[]>;
  cookieName(): Promise<string>;
}

export { hashPassword };

/** Whether the end of a session was last moved a day ago or longer. */
export function isDueForRefresh(expiresAt: Date, now: Date): boolean {
  return expiresAt.getTime() - now.getTime() <= (SESSION_S - DAY_S) * 1000;
}

/** Whether `password` is the one that `hash` was made of. */
export function isPassword(hash: string, password: string): Promise<boolean> {
  return verifyPassword({ hash, password });
}

export function createAuth({ prisma, clock, log, signals, config }: AuthDeps): Auth {
  const origins = ownOrigins(config.publicUrl, config.port);
  const auth = betterAuth({
    appName: 'Historybook',
    baseURL: config.publicUrl ?? `http://localhost:${config.port}`,
    basePath: AUTH_BASE_PATH,
    secret: config.authSecret,
    telemetry: { enabled: false },
    database: prismaAdapter(prisma, { provider: 'postgresql', transaction: true }),
    user: {
      modelName: 'user',
      additionalFields: {
        superAdmin: { type: 'boolean', required: false, defaultValue: false, input: false, returned: false },
        disabledAt: { type: 'date', required: false, input: false, returned: false },
      },
    },
    session: { modelName: 'authSession', expiresIn: SESSION_S, updateAge: DAY_S },
    account: {
      modelName: 'authAccount',
      accountLinking: { enabled: false },
      additionalFields: {
        passwordIsOneTime: { type: 'boolean', required: false, defaultValue: false, input: false, returned: false },
      },
    },
    verification: { modelName: 'authVerification' },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_LENGTH.min,
      maxPasswordLength: PASSWORD_LENGTH.max,
    },
    // A function, because the port is not known before the server listens and the host not at all behind 0.0.0.0.
    trustedOrigins: (request) => {
      const origin = request?.headers.get('origin') ?? null;
      const isOwn = origin !== null && isOriginOfHost(origin, request?.headers.get('host') ?? null);
      return isOwn ? [...origins, origin] : [...origins];
    },
    // rate-limit.ts does it, by the address of the socket: better-auth would believe a header.
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: 'hb',
      useSecureCookies: config.publicUrl?.startsWith('https://') ?? false,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
      database: { generateId: () => uuidv7(clock.now().getTime()) },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      // Written out, because better-auth leaves these checks out when NODE_ENV is test.
      disableCSRFCheck: false,
      disableOriginCheck: false,
    },
    databaseHooks: {
      account: {
        update: {
          // Whoever changes his password knows it alone from then on: said by the statement that stores it.
          before: async ({ password }) => (password ? { data: { passwordIsOneTime: false } } : undefined),
        },
      },
      session: {
        create: {
          before: async ({ userId }) => {
            const user = await prisma.user.findUnique({ where: { id: userId }, select: { disabledAt: true } });
            return user?.disabledAt === null;
          },
        },
        delete: {
          after: ({ id }) =>
            change({ prisma, signals }, async (_tx, tell) => tell({ kind: 'session', id, ended: true })),
        },
      },
    },
    // What it calls an error is mostly a wrong password; the answer to the caller says enough.
    // No level (it would be warn anyway): with one, part of it writes to the console whatever `log` does.
    logger: {
      log: (level, message, ...details) => {
        const fields = { component: 'better-auth', details: details.filter((detail) => detail instanceof Error) };
        if (level === 'error' && fields.details.length > 0) log.error(fields, message);
        else log.debug(fields, message);
      },
    },
  });

  return {
    handle: (request) => auth.handler(request),
    async findSession(headers) {
      const found = await auth.api.getSession({ headers, query: { disableRefresh: true } });
      if (!found) return undefined;
      const { id, userId, expiresAt } = found.session;
      return { sessionId: id, userId, expiresAt: new Date(expiresAt) };
    },
    async refreshSession(headers) {
      const answer = await auth.api.getSession({ headers, returnHeaders: true });
      return answer.headers.getSetCookie();
    },
    async cookieName() {
      return (await auth.$context).authCookies.sessionToken.name;
    },
  };
}
