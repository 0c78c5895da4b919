'use client';

import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { httpBatchLink, httpLink, splitLink } from '@trpc/client';
import { type ReactNode, useState } from 'react';
import superjson from 'superjson';
import type { ErrorCode } from '#domain/errors.ts';
import { leaveToChoosePassword, leaveToSignIn } from '../session/leave.ts';
import { doubtServer } from '../status/use-server-state.ts';
import { trpc } from './client.ts';
import { errorCode, isRetryable, mayBeAway } from './errors.ts';

const MAX_RETRIES = 2;
/** What the server takes in one request. */
const MAX_BATCH = 50;
const SESSION = [['session', 'current']];
const ABOUT_THE_ASKER: ReadonlySet<ErrorCode> = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'PASSWORD_CHANGE_REQUIRED']);

/**
 * A session that ended sends the person to sign in, and back here afterwards, as does a password that has to be changed first;
 * a server that is away is looked at.
 */
function onQueryError(error: unknown): void {
  const code = errorCode(error);
  if (code === 'UNAUTHENTICATED') leaveToSignIn();
  if (code === 'PASSWORD_CHANGE_REQUIRED') leaveToChoosePassword();
  if (mayBeAway(error)) doubtServer();
}

function createQueryClient(): QueryClient {
  const client = new QueryClient({
    queryCache: new QueryCache({ onError: onQueryError }),
    mutationCache: new MutationCache({
      onError: (error) => {
        if (mayBeAway(error)) doubtServer();
        // What was refused may have been refused for who one is by now. What was typed stays meanwhile.
        const code = errorCode(error);
        if (code !== undefined && ABOUT_THE_ASKER.has(code)) void client.invalidateQueries({ queryKey: SESSION });
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < MAX_RETRIES && isRetryable(error),
      },
    },
  });
  return client;
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
    const options = { url: '/api/trpc', transformer: superjson, headers };
    return trpc.createClient({
      links: [
        splitLink({
          condition: ({ context }) => context.skipBatch === true,
          true: httpLink(options),
          false: httpBatchLink({ ...options, maxURLLength: 4000, maxItems: MAX_BATCH }),
        }),
      ],
    });
  });
  return (
    <trpc.Provider client={client} queryClient={queryClient}>
      <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
    </trpc.Provider>
  );
}
