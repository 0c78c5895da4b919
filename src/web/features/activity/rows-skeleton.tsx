'use client';

import { Skeleton, VisuallyHidden } from '@mantine/core';
import classes from './rows-skeleton.module.css';

const WIDTHS = [46, 62, 38, 54, 70, 42, 58, 50, 64, 36];

/** The shape of rows that are on their way. */
export function RowsSkeleton({ rows = WIDTHS.length }: { readonly rows?: number }) {
  return (
    <div role="status">
      <VisuallyHidden>Loading activities</VisuallyHidden>
      {WIDTHS.slice(0, rows).map((width) => (
        <div key={width} className={classes.row}>
          <Skeleton circle height={28} />
          <div className={classes.lines}>
            <Skeleton height={11} width={`${width / 2}%`} />
            <Skeleton height={10} width={`${width}%`} />
          </div>
          <Skeleton height={10} width={84} />
        </div>
      ))}
    </div>
  );
}
