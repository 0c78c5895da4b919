import {
  createParser,
  type inferParserType,
  parseAsArrayOf,
  parseAsInteger,
  parseAsString,
  parseAsStringLiteral,
} from 'nuqs/server';
import { CATEGORIES } from '#domain/catalogue/index.ts';
import { spanOfDay } from '#domain/day.ts';
import { type ActivityFilter, ORDERS, SORTS } from '#domain/filter.ts';
import { UUID_PATTERN } from '#domain/ids.ts';

export const RANGES = ['1h', '24h', '7d', '30d', 'all', 'custom'] as const;
export type Range = (typeof RANGES)[number];

export const RANGE_LABELS: Readonly<Record<Range, string>> = {
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  all: 'All time',
  custom: 'Custom range',
};

const HOUR = 3_600_000;
const RANGE_LENGTHS: Partial<Record<Range, number>> = {
  '1h': HOUR,
  '24h': 24 * HOUR,
  '7d': 7 * 24 * HOUR,
  '30d': 30 * 24 * HOUR,
};

/** A calendar day, YYYY-MM-DD, that exists. */
export const parseAsDay = createParser<string>({
  parse: (text) => (spanOfDay(text, 'UTC') ? text : null),
  serialize: (day) => day,
});

const parseAsUuid = createParser<string>({
  parse: (text) => (UUID_PATTERN.test(text) ? text.toLowerCase() : null),
  serialize: (id) => id,
});

const parseAsPage = createParser<number>({
  parse: (text) => {
    const page = parseAsInteger.parse(text);
    return page !== null && page >= 1 && page <= 1_000_000 ? page : null;
  },
  serialize: String,
});

/** Everything that decides what the activity browser shows, as it stands in the URL. */
export const feedParams = {
  q: parseAsString.withDefault(''),
  type: parseAsArrayOf(parseAsString).withDefault([]),
  category: parseAsArrayOf(parseAsStringLiteral(CATEGORIES)).withDefault([]),
  source: parseAsString,
  lead: parseAsUuid,
  range: parseAsStringLiteral(RANGES).withDefault('24h'),
  /** First and last day of a custom range, both included, in the workspace's time zone. */
  from: parseAsDay,
  to: parseAsDay,
  sort: parseAsStringLiteral(SORTS).withDefault('time'),
  order: parseAsStringLiteral(ORDERS).withDefault('desc'),
  page: parseAsPage.withDefault(1),
  /** Where a page beyond the last number begins. */
  cursor: parseAsString,
  live: parseAsStringLiteral(['on', 'off']).withDefault('on'),
};

export type FeedState = inferParserType<typeof feedParams>;

/** The state of a page without any parameters. */
export const DEFAULT_FEED: FeedState = {
  q: '',
  type: [],
  category: [],
  source: null,
  lead: null,
  range: '24h',
  from: null,
  to: null,
  sort: 'time',
  order: 'desc',
  page: 1,
  cursor: null,
  live: 'on',
};

/** What goes back to its default when filters change or are reset, besides the filters themselves. */
export const FIRST_PAGE = { page: null, cursor: null } as const;

export const NO_FILTERS = {
  q: null,
  type: null,
  category: null,
  source: null,
  lead: null,
  range: null,
  from: null,
  to: null,
  ...FIRST_PAGE,
} as const;

/** Whether anything narrows the feed beyond its defaults. */
export function isFiltered(state: FeedState): boolean {
  return (
    state.q !== '' ||
    state.type.length > 0 ||
    state.category.length > 0 ||
    state.source !== null ||
    state.lead !== null ||
    state.range !== DEFAULT_FEED.range
  );
}

/** Where the shown span of time begins and ends (exclusive): undefined where it is open. */
export function spanOf(
  state: Pick<FeedState, 'range' | 'from' | 'to'>,
  now: Date,
  timeZone: string,
): { from?: string; before?: string } {
  if (state.range === 'custom') {
    const first = state.from ? spanOfDay(state.from, timeZone) : undefined;
    const last = state.to ? spanOfDay(state.to, timeZone) : undefined;
    return { ...(first && { from: first.from.toISOString() }), ...(last && { before: last.before.toISOString() }) };
  }
  const length = RANGE_LENGTHS[state.range];
  return length === undefined ? {} : { from: new Date(now.getTime() - length).toISOString() };
}

export type FeedFilters = Pick<FeedState, 'q' | 'type' | 'category' | 'source' | 'lead' | 'range' | 'from' | 'to'>;

/** The question to ask the server for these filters at `now`. */
export function activityFilterOf(state: FeedFilters, now: Date, timeZone: string): ActivityFilter {
  const search = state.q.trim();
  return {
    ...(search && { search }),
    ...(state.type.length > 0 && { types: state.type }),
    ...(state.category.length > 0 && { categories: state.category }),
    ...(state.source && { sources: [state.source] }),
    ...(state.lead && { leadId: state.lead }),
    ...spanOf(state, now, timeZone),
  };
}

/** Whether new activities belong at the top of what this state shows: newest first, from the first one on. */
export function showsNewest(state: Pick<FeedState, 'sort' | 'order' | 'page' | 'cursor'>): boolean {
  return state.sort === 'time' && state.order === 'desc' && state.page === 1 && state.cursor === null;
}
