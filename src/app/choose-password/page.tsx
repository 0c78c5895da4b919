import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { ChoosePasswordPage } from '#web/features/sign-in/choose-password-page.tsx';
import { currentSession } from '#web/server/session.ts';
import { localPath, signInPath } from '#web/session/next-path.ts';

export const metadata: Metadata = { title: 'Choose your password' };

interface ChoosePasswordProps {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Page({ searchParams }: ChoosePasswordProps) {
  const { next } = await searchParams;
  const target = localPath(typeof next === 'string' ? next : null);
  const session = await currentSession();
  if (!session?.user) redirect(signInPath(target));
  if (!session.passwordChangeRequired) redirect(target);
  return <ChoosePasswordPage next={target} email={session.user.email} />;
}
