import type { ActivityView } from './activity.ts';
import type { ActivityFilter } from './filter.ts';

export type ActivityPredicate = (activity: ActivityView) => boolean;

/** Whether the filter has words to search for. Only the database can judge those: it knows the stems and the leads. */
export function hasSearch(filter: ActivityFilter): boolean {
  return filter.search !== undefined && filter.search.trim() !== '';
}

/**
 * The filter as a function, without its search words: the same rows as its SQL condition. Every member narrows; a list
 * that is empty does not. Made once per filter, called once per activity.
 */
export function compileFilter(filter: ActivityFilter): ActivityPredicate {
  const tests: ActivityPredicate[] = [];
  const leadId = filter.leadId?.toLowerCase();
  if (leadId !== undefined) tests.push((activity) => activity.lead?.id === leadId);
  const anyOf = (wanted: readonly string[] | undefined, read: (activity: ActivityView) => string) => {
    if (wanted === undefined || wanted.length === 0) return;
    const set = new Set(wanted);
    tests.push((activity) => set.has(read(activity)));
  };
  anyOf(filter.types, (activity) => activity.type);
  anyOf(filter.categories, (activity) => activity.category);
  anyOf(filter.sources, (activity) => activity.source);
  anyOf(filter.doors, (activity) => activity.door);
  if (filter.from !== undefined) {
    const from = Date.parse(filter.from);
    tests.push((activity) => Date.parse(activity.occurredAt) >= from);
  }
  if (filter.before !== undefined) {
    const before = Date.parse(filter.before);
    tests.push((activity) => Date.parse(activity.occurredAt) < before);
  }
  return (activity) => tests.every((test) => test(activity));
}

/**
 * The filter as text: equal for filters that match the same, whatever the order of their members, of the items in their
 * lists, and whether a list is empty or missing. Subscribers with equal text share their work.
 */
export function filterKey(filter: ActivityFilter): string {
  const list = (items: readonly string[] | undefined) =>
    items === undefined || items.length === 0 ? null : [...new Set(items)].sort();
  return JSON.stringify([
    filter.leadId?.toLowerCase() ?? null,
    list(filter.types),
    list(filter.categories),
    list(filter.sources),
    list(filter.doors),
    hasSearch(filter) ? filter.search?.trim() : null,
    filter.from ?? null,
    filter.before ?? null,
  ]);
}
