import superjson from 'superjson';
import type { FrameFormat } from '#live/index.ts';
import { openings } from './openings.ts';

/**
 * The frames of a tRPC 11 subscription over server-sent events with superjson, as httpSubscriptionLink reads them.
 * Written here because the stock writer costs 83 to 160 µs per delivered event and shares nothing between clients;
 * trpc-contract.int.test.ts holds it to the real client. Everything in an activity is plain JSON, so superjson has
 * nothing to add to it.
 */
export function trpcFormat(heartbeatMs: number): FrameFormat {
  // A client that hears nothing for this long opens a new connection.
  const options = JSON.stringify({ reconnectAfterInactivityMs: Math.round(heartbeatMs * 2.5) });
  return {
    name: 'trpc',
    opening: openings(`event: connected\ndata: ${options}\n\n\n`),
    ping: Buffer.from('event: ping\ndata: \n\n\n'),
    activityHead: (feeds) => Buffer.from(`data: {"json":{"feeds":${JSON.stringify(feeds)},"activity":`),
    activityTail: (cursor) => Buffer.from(`}}\nid: ${cursor}\n\n\n`),
    resync: (feeds, cursor) => message({ feeds, resync: true }, cursor),
    forbidden: (feeds, cursor) => message({ feeds, forbidden: true }, cursor),
    caughtUp: (cursor) => message({ feeds: [], caughtUp: true }, cursor),
  };
}

function message(value: object, cursor: string): Buffer {
  return Buffer.from(`data: ${JSON.stringify({ json: value })}\nid: ${cursor}\n\n\n`);
}

/** Ends a subscription for good, or for now, as the error's code says. */
export function trpcErrorFrame(shape: unknown): Buffer {
  return Buffer.from(`event: serialized-error\ndata: ${JSON.stringify(superjson.serialize(shape))}\n\n\n`);
}
