import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { createManualClock, type ManualClock } from '#testing/clock.ts';
import { createTypeCatalogue, HIT_TTL_MS, MISS_TTL_MS, type TypeCatalogue } from './custom-types.ts';
import { createPrisma, type PrismaClient } from './prisma.ts';

let book: TestBook;
let prisma: PrismaClient;
let clock: ManualClock;
let types: TypeCatalogue;

beforeAll(async () => {
  book = await createTestBook();
  prisma = createPrisma(book.pool);
  clock = createManualClock();
  types = createTypeCatalogue({ prisma, clock });
});
afterAll(async () => {
  await prisma.$disconnect();
  await book.drop();
});

const demo = { name: 'demo.watched', category: 'MANUAL', label: 'Demo watched', icon: 'star', colour: 'lime' } as const;

describe('the catalogue of a workspace', () => {
  test('finds built-in types, and a registered one at once, in its workspace alone', async () => {
    const [own, other] = [await book.makeWorkspace(), await book.makeWorkspace()];
    expect(await types.find(own, 'MESSAGE_SENT')).toMatchObject({ category: 'SMS', custom: false });
    expect(await types.find(own, demo.name)).toBeUndefined();
    expect(await types.register(own, demo)).toMatchObject({ ...demo, door: 'lead', custom: true });
    expect(await types.find(own, demo.name)).toMatchObject(demo);
    expect(await types.find(other, demo.name)).toBeUndefined();
    expect((await types.list(own)).at(-1)).toMatchObject(demo);
    expect((await types.list(other)).some(({ custom }) => custom)).toBe(false);
  });

  test('gives a registered type another look, never another category', async () => {
    const own = await book.makeWorkspace();
    await types.register(own, { name: 'X1', category: 'SMS', label: 'X' });
    await types.register(own, { name: 'X1', category: 'SMS', label: 'Y', colour: 'pink' });
    expect(await types.find(own, 'X1')).toMatchObject({ label: 'Y', icon: 'tag', colour: 'pink' });
    const elsewhere = types.register(own, { name: 'X1', category: 'BOOKING', label: 'Z' });
    await expect(elsewhere).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await types.find(own, 'X1')).toMatchObject({ label: 'Y', category: 'SMS' });
  });

  test('refuses built-in names, in any case, and what is no name', async () => {
    const own = await book.makeWorkspace();
    for (const name of ['OPT_OUT', 'opt_out', 'Lead.Identified']) {
      await expect(types.register(own, { ...demo, name })).rejects.toMatchObject({ code: 'CONFLICT' });
    }
    for (const name of ['', 'a', '1a', 'a b', 'a-b', '_a', `a${'b'.repeat(100)}`]) {
      await expect(types.register(own, { ...demo, name })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        issues: [{ path: 'name' }],
      });
    }
  });

  test('removes a type that no activity has, and no other', async () => {
    const own = await book.makeWorkspace();
    await types.register(own, demo);
    await book.log(own, { type: demo.name });
    await expect(types.remove(own, demo.name)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(types.remove(own, 'MESSAGE_SENT')).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(types.remove(own, 'unheard.of')).rejects.toMatchObject({ code: 'NOT_FOUND' });

    const other = await book.makeWorkspace();
    await types.register(other, demo);
    await types.remove(other, demo.name);
    expect(await types.find(other, demo.name)).toBeUndefined();
    expect(await types.find(own, demo.name)).toMatchObject(demo);
  });

  test('notices in time what another process does', async () => {
    const own = await book.makeWorkspace();
    const elsewhere = createTypeCatalogue({ prisma, clock });
    expect(await types.find(own, demo.name)).toBeUndefined();
    await elsewhere.register(own, demo);
    await clock.advance(MISS_TTL_MS);
    expect(await types.find(own, demo.name)).toMatchObject(demo);
    await elsewhere.remove(own, demo.name);
    await clock.advance(HIT_TTL_MS);
    expect(await types.find(own, demo.name)).toBeUndefined();
  });
});
