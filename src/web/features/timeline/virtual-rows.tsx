'use client';

import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useCallback, useLayoutEffect, useRef, useState } from 'react';
import type { ActivityView } from '#domain/activity.ts';
import { DayHeading } from './day-heading.tsx';
import type { TimelineItem } from './group-days.ts';
import classes from './timeline.module.css';

const ROW_HEIGHT = 64;
const HEADING_HEIGHT = 34;

interface VirtualRowsProps {
  readonly items: readonly TimelineItem[];
  readonly row: (activity: ActivityView) => ReactNode;
  /** Heights that are known already, by the key of the item, in pixels. */
  readonly heights: ReadonlyMap<string, number>;
}

/** The last heading at or above an item: the day that stays at the top while its rows go by. */
function headingAbove(items: readonly TimelineItem[], index: number): number {
  for (let at = Math.min(index, items.length - 1); at >= 0; at -= 1) {
    if (items[at]?.kind === 'day') return at;
  }
  return 0;
}

/** Draws the items in view and a few around them; heights are measured as rows open and close. */
export function VirtualRows({ items, row, heights }: VirtualRowsProps) {
  const root = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  const stuck = useRef(0);
  useLayoutEffect(() => {
    const top = root.current?.getBoundingClientRect().top ?? 0;
    setMargin(top + window.scrollY);
  }, []);
  const rangeExtractor = useCallback(
    (range: Range) => {
      stuck.current = headingAbove(items, range.startIndex);
      return [...new Set([stuck.current, ...defaultRangeExtractor(range)])].sort((a, b) => a - b);
    },
    [items],
  );
  const virtualizer = useWindowVirtualizer({
    count: items.length,
    estimateSize: (index) => {
      const item = items[index];
      return heights.get(item?.key ?? '') ?? (item?.kind === 'day' ? HEADING_HEIGHT : ROW_HEIGHT);
    },
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: 12,
    scrollMargin: margin,
    rangeExtractor,
  });
  return (
    <div ref={root} className={classes.virtual} style={{ height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map(({ index, key, start }) => {
        const item = items[index];
        if (!item) return null;
        const isStuck = index === stuck.current;
        return (
          <div
            key={key}
            data-index={index}
            ref={virtualizer.measureElement}
            className={isStuck ? classes.stuck : classes.item}
            style={isStuck ? undefined : { transform: `translateY(${start - margin}px)` }}
          >
            {item.kind === 'day' ? <DayHeading day={item.day} /> : row(item.activity)}
          </div>
        );
      })}
    </div>
  );
}
