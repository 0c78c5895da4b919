import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Services } from '#api/services.ts';
import { AppError } from '#domain/errors.ts';
import { KEY_SCOPES, type KeyScope, type Permission, ROLES, type Role, rolePermits } from '#domain/roles.ts';
import { loadConfig } from '#platform/config.ts';
import { createPrisma } from '#platform/db/prisma.ts';
import { silentLogger } from '#platform/log.ts';
import { createApplication } from '#runtime/application.ts';
import { addPerson, personOf, signIn } from './access.ts';
import { addAlert } from './alerts.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { addImports } from './import-runs.ts';

/** Somebody who calls: the headers by which he is known, and what he may do in workspace A. */
export interface Caller {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  may(permission: Permission): boolean;
}

export interface Answer {
  readonly status: number;
  /** Of the error table; undefined for a success. */
  readonly code: string | undefined;
}

/** The application over HTTP, two workspaces, and everybody who could call. */
export interface Callers {
  readonly url: string;
  readonly services: Services;
  /** A person of that role in A. */
  person(role: Role): Caller;
  /** A person of each role in A, and keys of A: with each scope alone, and with all but each. */
  readonly insiders: readonly Caller[];
  /** Admin of B, in B. */
  readonly neighbour: Caller;
  /** The same person, who asks for A. */
  readonly intruder: Caller;
  /** Signed in with the password that an administrator was shown; a super administrator, so that nothing else stops him. */
  readonly newcomer: Caller;
  /** What there is in A. */
  readonly ids: Readonly<
    Record<
      | 'workspaceId'
      | 'leadId'
      | 'campaignId'
      | 'userId'
      | 'keyId'
      | 'quarantineId'
      | 'replayId'
      | 'importId'
      | 'parityId'
      | 'alertId'
      | 'ruleId'
      | 'channelId',
      string
    >
  >;
  /** A request as a page of ours or a service makes it, with `more` headers. */
  call(method: string, path: string, caller: Caller, body?: unknown, more?: Record<string, string>): Promise<Answer>;
  stop(): Promise<void>;
}

export const nobody: Caller = { name: 'nobody', headers: {}, may: () => false };

export async function startWithCallers(): Promise<Callers> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'historybook-callers-'));
  const config = loadConfig({ PORT: '0', DATABASE_URL: database.url, DATA_DIR: dataDir });
  const application = createApplication({ config, log: silentLogger, root: dataDir, withoutPages: true });
  await application.start();
  const { url } = application;
  const { services } = application.container;
  const prisma = createPrisma(database.pool);
  return {
    url,
    services,
    ...(await createCallers(services, prisma, url, database.pool)),
    call: (method, path, caller, body, more) => call(`${url}${path}`, method, caller, body, more),
    async stop() {
      await application.stop();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function createCallers(
  services: Services,
  prisma: ReturnType<typeof createPrisma>,
  origin: string,
  pool: TestDatabase['pool'],
) {
  const { access, crm, quarantine, retryQueue, alerts } = services;
  const { id: workspaceId } = await prisma.workspace.create({ data: { name: 'A', slug: 'a' } });
  const { id: otherId } = await prisma.workspace.create({ data: { name: 'B', slug: 'b' } });

  const cookieOf = async (role: Role, where: string) =>
    (await signIn(access, await addPerson(prisma, where, role))).get('cookie') ?? '';
  const people = new Map<Role, Caller>();
  for (const role of ROLES) {
    const headers = { cookie: await cookieOf(role, workspaceId), origin, 'x-workspace-id': workspaceId };
    people.set(role, { name: role, headers, may: (permission) => rolePermits(role, permission) });
  }
  const person = (role: Role): Caller => {
    const found = people.get(role);
    if (!found) throw new Error(`nobody is ${role}`);
    return found;
  };
  const atHome = { cookie: await cookieOf('ADMIN', otherId), origin };
  const neighbour: Caller = { name: 'ADMIN of B', headers: atHome, may: () => false };
  const intruder: Caller = { ...neighbour, headers: { ...atHome, 'x-workspace-id': workspaceId } };

  const admin = await personOf(access, new Headers(person('ADMIN').headers));
  const boss = await personOf(access, new Headers(person('SUPER_ADMIN').headers));
  const email = 'newcomer@example.com';
  const { member, oneTimePassword } = await access.members.create(boss, { email, name: 'New', role: 'ADMIN' });
  await access.members.setRole(boss, member.userId, 'SUPER_ADMIN');
  const cookie = (await signIn(access, { email, password: oneTimePassword ?? '' })).get('cookie') ?? '';
  const newcomer: Caller = { name: 'newcomer', headers: { cookie, origin }, may: () => false };

  const createKey = async (scopes: readonly KeyScope[]) => {
    const { secret, key } = await access.keys.create(admin, { name: 'test', scopes });
    const may = (permission: Permission) => scopes.some((scope) => scope === permission);
    const caller: Caller = { name: `key with ${scopes.join(', ')}`, headers: { 'x-api-key': secret }, may };
    return { id: key.id, caller };
  };
  const keys = await Promise.all(
    KEY_SCOPES.flatMap((scope) => [createKey([scope]), createKey(KEY_SCOPES.filter((other) => other !== scope))]),
  );

  const campaign = await prisma.campaign.create({ data: { workspaceId, name: 'C', key: 'c', steps: 1 } });
  // The second one is there for what lists leads: calls about the first may take it out of the campaign.
  const [lead] = await Promise.all(
    ['lead@example.com', 'other@example.com'].map(async (email) => {
      const created = await prisma.lead.create({ data: { workspaceId, email } });
      await crm.enroll(admin, { leadId: created.id, campaignId: campaign.id });
      return created;
    }),
  );
  // Refused again whenever somebody replays it.
  const error = new AppError('INVALID_INPUT');
  const [kept] = await quarantine.keep([{ workspaceId, door: 'lead', body: { no: 'event' }, error }]);
  const replay = await retryQueue.replayAll(admin, { state: 'waiting', types: ['NOTHING'] });
  const [rule] = await alerts.rules.list(workspaceId);
  const url = 'https://alerts.example.com/';
  const { channel } = await alerts.channels.create(admin, { name: 'Alerts', type: 'webhook', url });
  const pm = await personOf(access, new Headers(person('PM').headers));
  return {
    person,
    insiders: [...people.values(), ...keys.map(({ caller }) => caller)],
    neighbour,
    intruder,
    newcomer,
    ids: {
      workspaceId,
      leadId: lead?.id ?? '',
      campaignId: campaign.id,
      userId: pm.userId,
      keyId: keys[0]?.id ?? '',
      quarantineId: kept?.id ?? '',
      replayId: replay.id,
      ...(await addImports(pool, workspaceId)),
      alertId: await addAlert(pool, { workspaceId }),
      ruleId: rule?.id ?? '',
      channelId: channel.id,
    },
  };
}

const errorBody = z.object({ code: z.string(), error: z.string(), message: z.string(), issues: z.array(z.unknown()) });
const trpcError = z.object({ error: z.object({ json: z.object({ data: z.object({ app: errorBody }) }) }) });

async function call(url: string, method: string, caller: Caller, body: unknown, more = {}): Promise<Answer> {
  const hasBody = method !== 'GET';
  const answer = await fetch(url, {
    method,
    headers: { ...caller.headers, ...(hasBody && { 'content-type': 'application/json' }), ...more },
    ...(hasBody && { body: JSON.stringify(body ?? {}) }),
  });
  const text = await answer.text();
  return { status: answer.status, code: answer.ok ? undefined : codeOf(JSON.parse(text)) };
}

/** The code of an error, as REST or as tRPC answers it. */
function codeOf(body: unknown): string | undefined {
  return errorBody.safeParse(body).data?.code ?? trpcError.safeParse(body).data?.error.json.data.app.code;
}
