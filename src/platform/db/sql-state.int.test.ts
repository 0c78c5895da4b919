import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { createPool } from './pool.ts';
import { createPrisma, type PrismaClient } from './prisma.ts';
import { isNotReachableYet } from './reachable.ts';
import { isDataError, isPassingConflict, isUniqueViolation, sqlState } from './sql-state.ts';

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

const raise = (state: string) => `DO $$ BEGIN RAISE EXCEPTION 'so' USING ERRCODE = '${state}'; END $$`;
const ways: readonly [string, (state: string) => Promise<unknown>][] = [
  ['pg', (state) => database.pool.query(raise(state))],
  ['Prisma', (state) => prisma.$executeRawUnsafe(raise(state))],
  ['a transaction of Prisma', (state) => prisma.$transaction((tx) => tx.$executeRawUnsafe(raise(state)))],
];

it.each(ways)('reads the state of an error that comes through %s', async (_, way) => {
  for (const state of ['40P01', '40001', '55P03', '23505', '22021', '57P01']) {
    const error: unknown = await way(state).catch((thrown: unknown) => thrown);
    expect(sqlState(error)).toBe(state);
    expect(isPassingConflict(error)).toBe(['40P01', '40001', '55P03'].includes(state));
    expect(isUniqueViolation(error)).toBe(state === '23505');
    expect(isDataError(error)).toBe(['23505', '22021'].includes(state));
    expect(isNotReachableYet(error)).toBe(state === '57P01');
  }
});

it('knows a unique key that Prisma reports in its own words', async () => {
  const data = { name: 'Twice', slug: 'twice' };
  await prisma.workspace.create({ data });
  const error: unknown = await prisma.workspace.create({ data }).catch((thrown: unknown) => thrown);
  expect(isUniqueViolation(error)).toBe(true);
});

it('knows a server that is away, and a connection that was cut, through Prisma too', async () => {
  const pool = createPool({ url: 'postgres://nobody@127.0.0.1:1/nothing', applicationName: 'test' });
  const away = createPrisma(pool);
  const errors: unknown[] = [
    await away.workspace.count().catch((thrown: unknown) => thrown),
    await away.$transaction((tx) => tx.workspace.count()).catch((thrown: unknown) => thrown),
    await prisma.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())::text`.catch((thrown: unknown) => thrown),
  ];
  await away.$disconnect();
  await pool.end();
  expect(errors.map(isNotReachableYet)).toEqual([true, true, true]);
});

it('has no state for what PostgreSQL did not say', () => {
  const coded = ['ECONNREFUSED', 'EPIPE', 'P1001', 'P2028'].map((code) => Object.assign(new Error('so'), { code }));
  for (const error of [undefined, new Error('so'), ...coded]) expect(sqlState(error)).toBeUndefined();
});
