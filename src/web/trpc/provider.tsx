'use client';

import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { httpBatchLink } from '@trpc/client';
import { type ReactNode, useState } from 'react';
import superjson from 'superjson';
import { signInPath } from '../session/next-path.ts';
import { trpc } from './client.ts';
import { errorCode, isRetryable } from './errors.ts';

const MAX_RETRIES = 2;

/** A session that ended sends the person to sign in, and back here afterwards. */
function leaveWhenSignedOut(error: unknown): void {
  if (errorCode(error) !== 'UNAUTHENTICATED') return;
  window.location.assign(signInPath(window.location.pathname + window.location.search));
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: leaveWhenSignedOut }),
    mutationCache: new MutationCache({ onError: leaveWhenSignedOut }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < MAX_RETRIES && isRetryable(error),
      },
    },
  });
}

interface TrpcProviderProps {
  /**
   * The workspace of this page, named with every call: the one of the cookie may be another by now, chosen in another
   * tab, and nothing of it may appear here.
   */
  readonly workspaceId: string | undefined;
  readonly children: ReactNode;
}

/** Queries and mutations of the web app; live subscriptions have their own connection (web/live). */
export function TrpcProvider({ workspaceId, children }: TrpcProviderProps) {
  const [queryClient] = useState(createQueryClient);
  const [client] = useState(() => {
    const headers = workspaceId === undefined ? {} : { 'x-workspace-id': workspaceId };
    return trpc.createClient({
      links: [httpBatchLink({ url: '/api/trpc', transformer: superjson, maxURLLength: 4000, headers })],
    });
  });
  return (
    <trpc.Provider client={client} queryClient={queryClient}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </trpc.Provider>
  );
}
