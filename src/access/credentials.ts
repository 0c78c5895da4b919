import { uuidv7 } from '#domain/ids.ts';
import type { Prisma } from '#platform/db/prisma.ts';

/** better-auth's name for an account that signs in by e-mail address and password. */
const PROVIDER = 'credential';

/** The hash of a person's password, or undefined when he has none. */
export async function readPasswordHash(tx: Prisma.TransactionClient, userId: string): Promise<string | undefined> {
  const account = await tx.authAccount.findFirst({
    where: { userId, providerId: PROVIDER, accountId: userId },
    select: { password: true },
  });
  return account?.password ?? undefined;
}

/** Gives a person another password, by its hash, and ends all his sessions: they stood on the old one. */
export async function setPasswordHash(
  tx: Prisma.TransactionClient,
  userId: string,
  passwordHash: string,
  now: Date,
): Promise<void> {
  const mine = { userId, providerId: PROVIDER, accountId: userId };
  const { count } = await tx.authAccount.updateMany({ where: mine, data: { password: passwordHash } });
  if (count === 0) {
    await tx.authAccount.create({ data: { id: uuidv7(now.getTime()), ...mine, password: passwordHash } });
  }
  await tx.authSession.deleteMany({ where: { userId } });
}
