import type { ActivityView } from '#domain/activity.ts';
import { dayOf } from '#domain/day.ts';

export type TimelineItem =
  | { readonly kind: 'day'; readonly day: string; readonly key: string }
  | { readonly kind: 'activity'; readonly activity: ActivityView; readonly key: string };

/**
 * Rows with a heading before the first of each calendar day of the time zone. Rows come newest first, so each day has
 * one heading.
 */
export function groupDays(rows: readonly ActivityView[], timeZone: string): TimelineItem[] {
  const items: TimelineItem[] = [];
  let current: string | undefined;
  for (const activity of rows) {
    const day = dayOf(new Date(activity.occurredAt), timeZone);
    if (day !== current) items.push({ kind: 'day', day, key: day });
    items.push({ kind: 'activity', activity, key: activity.id });
    current = day;
  }
  return items;
}

/** The same items, each day with its rows: how they are drawn when the whole list is. */
export function daysOf(items: readonly TimelineItem[]): { day: string; activities: ActivityView[] }[] {
  const days: { day: string; activities: ActivityView[] }[] = [];
  for (const item of items) {
    if (item.kind === 'day') days.push({ day: item.day, activities: [] });
    else days.at(-1)?.activities.push(item.activity);
  }
  return days;
}
