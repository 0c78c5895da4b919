import type { Live } from '#live/index.ts';
import type { Tracing } from '#platform/tracing.ts';
import type { Queries } from '#query/index.ts';

/** The same queries, each in a span of its own; when traces are off, the very same. */
export function tracedQueries(query: Queries, { isOn, inSpan }: Tracing): Queries {
  if (!isOn) return query;
  return {
    ...query,
    feed: (workspaceId, filter, request) =>
      inSpan('query.feed', { search: filter.search !== undefined }, () => query.feed(workspaceId, filter, request)),
    timeline: (...args) => inSpan('query.timeline', {}, () => query.timeline(...args)),
    matchSearch: (...args) => inSpan('query.match', {}, () => query.matchSearch(...args)),
  };
}

/** The same for letting a stream in; how long it stays open is the span of its request. */
export function tracedLive<T extends Pick<Live, 'admit'>>(live: T, { isOn, inSpan }: Tracing): T {
  if (!isOn) return live;
  return {
    ...live,
    admit: (request) => inSpan('live.admit', { feeds: request.feeds.length }, () => live.admit(request)),
  };
}
