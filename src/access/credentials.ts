import { uuidv7 } from '#domain/ids.ts';
import type { Prisma } from '#platform/db/prisma.ts';

/** better-auth's name for an account that signs in by e-mail address and password. */
const PROVIDER = 'credential';

/** Which account of a person has a password that he has to change before anything else opens. */
export const ONE_TIME_ACCOUNT = { providerId: PROVIDER, passwordIsOneTime: true } as const;

export interface NewPassword {
  readonly hash: string;
  /** Whether somebody else made it and has seen it. */
  readonly isOneTime: boolean;
}

/** The hash of a person's password, or undefined when he has none. */
export async function readPasswordHash(tx: Prisma.TransactionClient, userId: string): Promise<string | undefined> {
  const account = await tx.authAccount.findFirst({
    where: { userId, providerId: PROVIDER, accountId: userId },
    select: { password: true },
  });
  return account?.password ?? undefined;
}

/** Gives a person another password and ends all his sessions: they stood on the old one. */
export async function setPassword(
  tx: Prisma.TransactionClient,
  userId: string,
  { hash, isOneTime }: NewPassword,
  now: Date,
): Promise<void> {
  const mine = { userId, providerId: PROVIDER, accountId: userId };
  const password = { password: hash, passwordIsOneTime: isOneTime };
  const { count } = await tx.authAccount.updateMany({ where: mine, data: password });
  if (count === 0) await tx.authAccount.create({ data: { id: uuidv7(now.getTime()), ...mine, ...password } });
  await tx.authSession.deleteMany({ where: { userId } });
}
