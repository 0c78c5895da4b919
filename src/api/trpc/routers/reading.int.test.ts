import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BUILT_IN_TYPES } from '#domain/catalogue/index.ts';
import type { Role } from '#domain/roles.ts';
import { systemClock } from '#platform/clock.ts';
import { createTypeCatalogue } from '#platform/db/custom-types.ts';
import { createPrisma, type PrismaClient } from '#platform/db/prisma.ts';
import { silentLogger } from '#platform/log.ts';
import { createQueries } from '#query/index.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { observed } from '#testing/observed.ts';
import { createCallerFactory, router } from '../init.ts';
import { searchRouter } from './search.ts';
import { timelineRouter } from './timeline.ts';
import { typesRouter } from './types.ts';

const createCaller = createCallerFactory(
  router({ search: searchRouter, timeline: timelineRouter, types: typesRouter }),
);

let book: TestBook;
let prisma: PrismaClient;

beforeAll(async () => {
  book = await createTestBook();
  prisma = createPrisma(book.pool);
});
afterAll(async () => {
  await prisma.$disconnect();
  await book.drop();
});

/** The procedures as somebody with that role calls them. */
function callerOf(workspaceId: string, role: Role) {
  const query = createQueries({ pool: book.pool });
  const types = createTypeCatalogue({ prisma, clock: systemClock });
  const person = {
    kind: 'user',
    userId: '01970000-0000-7000-8000-000000000001',
    sessionId: 's',
    superAdmin: false,
  } as const;
  return createCaller({
    // @ts-expect-error: these procedures need these services alone
    services: { ...observed, query, types, log: silentLogger, retryQueue: { typeRegistered: async () => undefined } },
    principal: { ...person, email: 'ann@example.com', name: 'Ann', workspaceId, role },
    requestId: 'request-1',
    headers: new Headers(),
    resHeaders: new Headers(),
  });
}

describe('the reading procedures', () => {
  test('read the workspace of the caller', async () => {
    const [own, other] = [await book.makeWorkspace(), await book.makeWorkspace()];
    const leadId = await book.makeLead(own, { firstName: 'Mia' });
    await book.log(own, { leadId, source: 'ui:own' });
    await book.log(other, { source: 'ui:other' });
    const admin = callerOf(own, 'ADMIN');
    expect(await admin.search.activities({})).toMatchObject({ total: 1, rows: [{ source: 'ui:own' }] });
    expect(await admin.search.activities({ filter: { search: 'mia' }, page: { limit: 1 } })).toMatchObject({
      total: 1,
    });
    expect(await admin.search.sources()).toEqual(['ui:own']);
    expect(await admin.timeline.lead({ leadId })).toMatchObject({
      lead: { firstName: 'Mia' },
      rows: [{ source: 'ui:own' }],
    });
    await expect(callerOf(other, 'ADMIN').timeline.lead({ leadId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('need their permissions: a PM reads timelines, a client nothing', async () => {
    const own = await book.makeWorkspace();
    const leadId = await book.makeLead(own);
    await expect(callerOf(own, 'PM').search.activities({})).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(callerOf(own, 'PM').search.sources()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await callerOf(own, 'PM').timeline.lead({ leadId })).toMatchObject({ rows: [] });
    await expect(callerOf(own, 'CLIENT').timeline.lead({ leadId })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('show the catalogue, and let admins add to it', async () => {
    const own = await book.makeWorkspace();
    const type = {
      name: 'demo.watched',
      category: 'MANUAL',
      label: 'Demo watched',
      icon: 'star',
      colour: 'lime',
    } as const;
    const view = { ...type, door: 'lead', custom: true };
    expect(await callerOf(own, 'ADMIN').types.register(type)).toEqual({ ...view, replaying: 0 });
    const listed = await callerOf(own, 'PM').types.list();
    expect(listed).toContainEqual(view);
    expect(listed).toHaveLength(BUILT_IN_TYPES.length + 1);
    await expect(callerOf(own, 'PM').types.remove({ name: type.name })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await callerOf(own, 'ADMIN').types.remove({ name: type.name });
    expect(await callerOf(own, 'PM').types.list()).toHaveLength(BUILT_IN_TYPES.length);
  });
});
