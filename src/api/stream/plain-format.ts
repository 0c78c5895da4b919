import type { FrameFormat } from '#live/index.ts';
import { openings } from './openings.ts';

const HEAD = Buffer.from('data: ');

/**
 * Server-sent events for any EventSource: each activity a `message` whose data is its JSON and whose id is the cursor;
 * `event: resync` when what came meanwhile cannot be sent. An id alone moves the cursor of a client without an event.
 */
export const plainFormat: FrameFormat = {
  name: 'plain',
  opening: openings('\n'),
  ping: Buffer.from(': ping\n\n'),
  activityHead: () => HEAD,
  activityTail: (cursor) => Buffer.from(`\nid: ${cursor}\n\n`),
  resync: (_feeds, cursor) => Buffer.from(`event: resync\ndata: {}\nid: ${cursor}\n\n`),
  // A plain stream is one feed: it is served, or the request is refused.
  forbidden: (_feeds, cursor) => Buffer.from(`id: ${cursor}\n\n`),
  caughtUp: (cursor) => Buffer.from(`id: ${cursor}\n\n`),
};
