import { z } from 'zod';
import { activityFilter } from '#domain/filter.ts';

/** Feeds that one connection may carry: a browser's tabs together. */
export const MAX_FEEDS = 50;

const cursor = z.string().max(40);

const feed = z.object({
  id: z.string().regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores'),
  filter: activityFilter,
  /** Stream cursor after which this feed begins; without one it begins now. */
  after: cursor.optional(),
});

/**
 * What live.activities takes: several feeds over one connection, or one `filter`. `lastEventId` is put in by the client
 * when it connects again.
 */
export const followInput = z
  .object({
    feeds: z.array(feed).min(1).max(MAX_FEEDS).optional(),
    filter: activityFilter.optional(),
    after: cursor.optional(),
    lastEventId: cursor.optional(),
  })
  .transform(({ feeds, filter = {}, after, lastEventId }) => ({
    feeds: feeds ?? [{ id: 'feed', filter, after }],
    lastEventId,
  }));
