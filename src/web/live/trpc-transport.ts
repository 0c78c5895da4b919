import { createTRPCClient, httpSubscriptionLink } from '@trpc/client';
import superjson from 'superjson';
import type { AppRouter } from '#api/trpc/router.ts';
import type { Transport } from './types.ts';

/**
 * The stream by tRPC's own subscription client. What the browser's EventSource repairs by itself is left to it; what
 * ends the subscription (a status other than 200, an error of the server) is told to the caller.
 * `origin` is '' for the page's own server.
 */
export function trpcTransport(origin = '', source: typeof EventSource = EventSource): Transport {
  return (workspaceId, feeds, handlers) => {
    // The cookie names one workspace for all tabs; the tab may be in another one.
    const url = `${origin}/api/trpc?workspace=${encodeURIComponent(workspaceId)}`;
    const client = createTRPCClient<AppRouter>({
      links: [httpSubscriptionLink({ url, transformer: superjson, EventSource: source })],
    });
    const wanted = feeds.map(({ id, filter, after }) => ({ id, filter, ...(after !== undefined && { after }) }));
    let isClosed = false;
    let hasConnected = false;
    const subscription = client.live.activities.subscribe(
      { feeds: wanted },
      {
        onData: ({ id, data }) => {
          if (!isClosed) handlers.onMessage(id, data);
        },
        onConnectionStateChange: ({ state }) => {
          if (isClosed) return;
          if (state === 'pending') {
            hasConnected = true;
            handlers.onConnected();
          } else if (state === 'connecting' && hasConnected) handlers.onReconnecting();
        },
        onError: (error) => {
          if (!isClosed) handlers.onEnd(error.data !== null && error.data !== undefined);
        },
        onComplete: () => {
          if (!isClosed) handlers.onEnd(false);
        },
      },
    );
    return () => {
      isClosed = true;
      subscription.unsubscribe();
    };
  };
}
