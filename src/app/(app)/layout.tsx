import type { ReactNode } from 'react';
import { requireSession } from '#web/server/session.ts';
import { SessionProvider } from '#web/session/session.tsx';
import { Shell } from '#web/shell/shell.tsx';

export default async function SignedInLayout({ children }: { readonly children: ReactNode }) {
  return (
    <SessionProvider initial={await requireSession()}>
      <Shell>{children}</Shell>
    </SessionProvider>
  );
}
