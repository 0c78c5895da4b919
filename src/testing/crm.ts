import { type Crm, createCrm } from '#crm/index.ts';
import { uuidv7 } from '#domain/ids.ts';
import { emailKey, phoneKey } from '#domain/lead.ts';
import type { KeyPrincipal, UserPrincipal } from '#domain/principal.ts';
import { systemClock } from '#platform/clock.ts';
import { createMonths } from '#platform/db/months.ts';
import { createPrisma, type PrismaClient } from '#platform/db/prisma.ts';
import { silentLogger } from '#platform/log.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export interface TestCrm {
  readonly crm: Crm;
  readonly prisma: PrismaClient;
  readonly database: TestDatabase;
  /** How often live readers were woken. */
  readonly wakes: () => number;
  makeWorkspace(): Promise<TestWorkspace>;
  drop(): Promise<void>;
}

export interface TestWorkspace {
  readonly id: string;
  /** A PM who is signed in here. */
  readonly pm: UserPrincipal;
  readonly service: KeyPrincipal;
  makePm(name: string): Promise<UserPrincipal>;
  makeLead(lead?: TestLead): Promise<string>;
  makeCampaign(name?: string, steps?: number): Promise<string>;
  /** Everything the book tells of this workspace, in the order in which it was taken. */
  book(): Promise<readonly BookEntry[]>;
}

export interface TestLead {
  readonly airtableRecordId?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly company?: string;
  readonly status?: string;
  readonly score?: number;
}

export type BookEntry = Awaited<ReturnType<typeof readBook>>[number];

/** A CRM on a database of its own. */
export async function createTestCrm(): Promise<TestCrm> {
  const database = await createTestDatabase({ max: 20 });
  const prisma = createPrisma(database.pool);
  let wakes = 0;
  const wake = {
    announce: () => {
      wakes += 1;
    },
    subscribe: () => () => undefined,
  };
  const months = createMonths(database.pool);
  const crm = createCrm({ prisma, months, wake, clock: systemClock, log: silentLogger });
  return {
    crm,
    prisma,
    database,
    wakes: () => wakes,
    makeWorkspace: () => makeWorkspace(prisma),
    async drop() {
      await prisma.$disconnect();
      await database.drop();
    },
  };
}

let made = 0;

async function makeWorkspace(prisma: PrismaClient): Promise<TestWorkspace> {
  made += 1;
  const { id } = await prisma.workspace.create({ data: { name: `Workspace ${made}`, slug: `workspace-${made}` } });
  const makePm = async (name: string): Promise<UserPrincipal> => {
    const email = `${name.toLowerCase()}-${uuidv7(Date.now()).slice(-6)}@example.com`;
    const user = await prisma.user.create({ data: { name, email } });
    await prisma.membership.create({ data: { workspaceId: id, userId: user.id, role: 'PM' } });
    const session = { kind: 'user', userId: user.id, sessionId: `session-${user.id}` } as const;
    return { ...session, email, name, superAdmin: false, workspaceId: id, role: 'PM' };
  };
  return {
    id,
    pm: await makePm('Paula'),
    service: { kind: 'key', keyId: 'key-1', name: 'n8n', workspaceId: id, scopes: ['leads:write'] },
    makePm,
    async makeLead(lead = { firstName: 'Sarah', lastName: 'Lee' }) {
      const keys = {
        emailKey: lead.email === undefined ? null : emailKey(lead.email),
        phoneKey: lead.phone === undefined ? null : phoneKey(lead.phone),
      };
      return (await prisma.lead.create({ data: { workspaceId: id, ...lead, ...keys } })).id;
    },
    async makeCampaign(name = 'Problem Mapping Template', steps = 3) {
      const key = name.toLowerCase().replaceAll(' ', '_');
      return (await prisma.campaign.create({ data: { workspaceId: id, name, key, steps } })).id;
    },
    book: () => readBook(prisma, id),
  };
}

function readBook(prisma: PrismaClient, workspaceId: string) {
  return prisma.activity.findMany({ where: { workspaceId }, orderBy: { seq: 'asc' } });
}
