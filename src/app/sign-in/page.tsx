import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { SignInPage } from '#web/features/sign-in/sign-in-page.tsx';
import { currentSession } from '#web/server/session.ts';
import { localPath } from '#web/session/next-path.ts';

export const metadata: Metadata = { title: 'Sign in' };

interface SignInProps {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Page({ searchParams }: SignInProps) {
  const { next, reason } = await searchParams;
  const target = localPath(typeof next === 'string' ? next : null);
  if (await currentSession()) redirect(target);
  return <SignInPage next={target} hasEnded={reason === 'ended'} />;
}
