/**
 * Live: what the book takes is in every open feed within a blink.
 *
 *   Postgres ──tail──▶ ring ──hub──▶ groups (same feeds, same bytes) ──▶ sockets
 *                        └──catch-up (ring, then the book, then resync) ─▶ those behind
 *
 * Promises: each subscriber sees each matching activity once, in position order, across reconnects, restarts and
 * processes; or it is told `resync`. A slow subscriber costs the others nothing and the server a bounded amount.
 * Imports platform and domain alone.
 */
import type { Pool } from 'pg';
import { AppError } from '#domain/errors.ts';
import type { Clock } from '#platform/clock.ts';
import type { PoolOptions } from '#platform/db/pool.ts';
import type { Wake } from '#platform/db/wake.ts';
import type { Logger } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import { createService } from '#platform/service.ts';
import { type FeedSet, isAhead, type Plan, planStart, toFeedSet } from './feeds.ts';
import { follow } from './follow.ts';
import { Hub } from './hub.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { judgeFeeds } from './permission.ts';
import { Tail } from './tail.ts';
import type { FollowRequest, Live, LiveLimits, MatchSearch } from './types.ts';

export type * from './types.ts';

export interface LiveDeps {
  /** For catching up. */
  readonly pool: Pool;
  /** For the connection of its own that reads while somebody follows. */
  readonly connection: PoolOptions;
  readonly wake: Pick<Wake, 'subscribe'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly matchSearch: MatchSearch;
  /** Hears how old the oldest activity of each batch was when it had been read for those who follow. */
  readonly metrics?: Pick<Metrics, 'delivery'>;
  readonly limits?: Partial<LiveLimits>;
}

export function createLive(deps: LiveDeps): Live {
  const limits: LiveLimits = { ...DEFAULT_LIMITS, ...deps.limits };
  const hub = new Hub({ ...deps, limits });
  const tail = new Tail({ ...deps, limits }, hub);

  const plan = async (request: FollowRequest): Promise<[FeedSet, Plan]> => {
    const { allowed: feeds, forbidden } = judgeFeeds(request);
    const set = toFeedSet(request.principal.workspaceId, feeds);
    hub.assertRoom(request.principal, set);
    const { lastEventId } = request;
    // A cursor ahead of us may be of a page that was read after our last look: then a look at the book will tell.
    const isBehind = hub.book === undefined || isAhead(feeds, lastEventId, hub.book);
    if (!tail.isCurrent || isBehind) await tail.poke();
    if (hub.book === undefined) throw new AppError('UNAVAILABLE', { retryAfter: 1 });
    return [set, { ...planStart(feeds, lastEventId, hub.book, limits.maxCatchUp), forbidden }];
  };

  const service = createService({
    name: 'live',
    async start() {
      const stopped = new AbortController();
      await tail.service.start();
      const beating = beatUntil(stopped.signal);
      return async () => {
        stopped.abort();
        hub.closeWhere(() => true);
        await Promise.all([beating, tail.service.stop()]);
      };
    },
  });

  return {
    name: service.name,
    start: service.start,
    stop: service.stop,
    heartbeatMs: limits.heartbeatMs,
    async admit(request) {
      const [set, start] = await plan(request);
      return (open, format) => {
        // Many may have been let in while the book was looked at.
        hub.assertRoom(request.principal, set);
        hub.subscribe(open(), request.principal, set, start, format);
        tail.nudge();
      };
    },
    async *follow(request, signal) {
      const [set, start] = await plan(request);
      tail.nudge();
      yield* follow({ hub, clock: deps.clock, limits }, request, set, start, signal);
    },
    closeWhere: (predicate) => hub.closeWhere(predicate),
    stats: () => ({ ...hub.stats(), ...tail.stats() }),
    deliveriesOf: (workspaceId) => hub.deliveriesOf(workspaceId),
    check: () => tail.poke(),
  };

  async function beatUntil(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await deps.clock.sleep(limits.heartbeatMs, signal).catch(() => undefined);
      if (!signal.aborted) hub.beat();
    }
  }
}
