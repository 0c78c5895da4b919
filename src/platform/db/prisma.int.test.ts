import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { createPrisma, type PrismaClient } from './prisma.ts';

let database: TestDatabase;
let prisma: PrismaClient;
beforeAll(async () => {
  database = await createTestDatabase();
  prisma = createPrisma(database.pool);
});
afterAll(async () => {
  await prisma.$disconnect();
  await database.drop();
});

test('the client writes and reads through the pool', async () => {
  const made = await prisma.workspace.create({ data: { name: 'North', slug: 'north', timeZone: 'Europe/Berlin' } });
  const { rows } = await database.pool.query('SELECT name, time_zone FROM workspace WHERE id = $1', [made.id]);
  expect(rows).toEqual([{ name: 'North', time_zone: 'Europe/Berlin' }]);
  expect(await prisma.workspace.findUnique({ where: { slug: 'north' } })).toEqual(made);
});

test('a transaction that fails leaves nothing', async () => {
  const work = prisma.$transaction(async (tx) => {
    await tx.workspace.create({ data: { name: 'South', slug: 'south' } });
    throw new Error('changed our mind');
  });
  await expect(work).rejects.toThrow('changed our mind');
  expect(await prisma.workspace.count({ where: { slug: 'south' } })).toBe(0);
});

test('disconnecting leaves the pool to its owner', async () => {
  const other = createPrisma(database.pool);
  await other.workspace.count();
  await other.$disconnect();
  const { rows } = await database.pool.query('SELECT 1 AS alive');
  expect(rows).toEqual([{ alive: 1 }]);
});
