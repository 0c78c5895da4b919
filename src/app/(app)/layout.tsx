import type { ReactNode } from 'react';
import { requireSession } from '#web/server/session.ts';
import { SessionProvider } from '#web/session/session.tsx';
import { Shell } from '#web/shell/shell.tsx';
import { TrpcProvider } from '#web/trpc/provider.tsx';

export default async function SignedInLayout({ children }: { readonly children: ReactNode }) {
  const session = await requireSession();
  return (
    <TrpcProvider workspaceId={session.workspace?.id}>
      <SessionProvider initial={session}>
        <Shell>{children}</Shell>
      </SessionProvider>
    </TrpcProvider>
  );
}
