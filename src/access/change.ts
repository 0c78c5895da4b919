import type { RunSql } from '#platform/db/append.ts';
import type { Prisma, PrismaClient } from '#platform/db/prisma.ts';
import type { Signal, Signals } from '#platform/db/signal.ts';

export interface ChangeDeps {
  readonly prisma: PrismaClient;
  readonly signals: Signals;
}

/** Collects the signals of one change. */
export type Tell = (...signals: readonly Signal[]) => void;

/**
 * Runs `work` in one transaction and tells every process what it changed: the others with the commit, this one before
 * the promise resolves. Nothing is told of a change that is rolled back.
 */
export async function change<T>(
  { prisma, signals }: ChangeDeps,
  work: (tx: Prisma.TransactionClient, tell: Tell) => Promise<T>,
  options: { readonly timeoutMs?: number } = {},
): Promise<T> {
  const told: Signal[] = [];
  const result = await prisma.$transaction(
    async (tx) => {
      told.length = 0;
      const value = await work(tx, (...more) => void told.push(...more));
      await signals.publish(runIn(tx), told);
      return value;
    },
    { timeout: options.timeoutMs ?? 15_000, maxWait: 5_000 },
  );
  signals.deliver(told);
  return result;
}

function runIn(tx: Prisma.TransactionClient): RunSql {
  return (sql, params) => tx.$queryRawUnsafe<Record<string, unknown>[]>(sql, ...params);
}

/**
 * Waits for its turn among all changes of who may do what, until the transaction ends. They are rare, and rules such
 * as "the last admin stays" hold only when two of them do not look at the same time.
 */
export async function takeMemberLock(tx: Prisma.TransactionClient): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('historybook:members', 0))`;
}
