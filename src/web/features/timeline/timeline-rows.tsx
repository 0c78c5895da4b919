'use client';

import type { ActivityView } from '#domain/activity.ts';
import { ActivityRow } from '../activity/activity-row.tsx';
import { useTypes } from '../activity/use-types.ts';
import { DayHeading } from './day-heading.tsx';
import { daysOf, type TimelineItem } from './group-days.ts';
import { VirtualRows } from './virtual-rows.tsx';

/** Up to this many items the whole list is drawn, so that the browser's own search and screen readers find all of it. */
const DRAWN_WHOLE = 300;

export interface TimelineRowsProps {
  readonly items: readonly TimelineItem[];
  readonly fresh: ReadonlySet<string>;
  readonly expanded: ReadonlySet<string>;
  readonly onToggle: (id: string) => void;
}

/** The rows under their days; a long list is drawn only where it is looked at. */
export function TimelineRows({ items, fresh, expanded, onToggle }: TimelineRowsProps) {
  const { show } = useTypes();
  const row = (activity: ActivityView) => (
    <ActivityRow
      key={activity.id}
      activity={activity}
      type={show(activity.type)}
      expanded={expanded.has(activity.id)}
      onToggle={onToggle}
      fresh={fresh.has(activity.id)}
      within="timeline"
    />
  );
  if (items.length > DRAWN_WHOLE) return <VirtualRows items={items} row={row} />;
  return daysOf(items).map(({ day, activities }) => (
    <section key={day} aria-labelledby={`day-${day}`}>
      <DayHeading day={day} />
      {activities.map(row)}
    </section>
  ));
}
