import { PrismaPg } from '@prisma/adapter-pg';
import type { Pool } from 'pg';
import { PrismaClient } from './generated/client.ts';

/**
 * A Prisma client that takes its connections from `pool`, so that one set of limits and timeouts holds for everything.
 * `$disconnect()` leaves the pool open: who made it ends it.
 */
export function createPrisma(pool: Pool): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(pool) });
}

export { Prisma, PrismaClient } from './generated/client.ts';
