'use client';

import { useLayoutEffect, useRef } from 'react';
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

/** The heights of what is drawn, by the key of its item, in pixels. */
function measure(root: HTMLElement, heights: Map<string, number>): void {
  for (const element of root.querySelectorAll<HTMLElement>('[data-day], [data-activity-id]')) {
    const key = element.dataset.day ?? element.dataset.activityId;
    if (key !== undefined) heights.set(key, element.getBoundingClientRect().height);
  }
}

/**
 * The rows under their days; a long list is drawn only where it is looked at. On the way from the one to the other the
 * heights are kept, so that what somebody reads stays where it is.
 */
export function TimelineRows({ items, fresh, expanded, onToggle }: TimelineRowsProps) {
  const { show } = useTypes();
  const whole = useRef<HTMLDivElement>(null);
  const heights = useRef(new Map<string, number>());
  useLayoutEffect(() => {
    if (whole.current) measure(whole.current, heights.current);
  });
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
  if (items.length > DRAWN_WHOLE) return <VirtualRows items={items} row={row} heights={heights.current} />;
  return (
    <div ref={whole}>
      {daysOf(items).map(({ day, activities }) => (
        <section key={day} aria-labelledby={`day-${day}`}>
          <DayHeading day={day} />
          {activities.map(row)}
        </section>
      ))}
    </div>
  );
}
