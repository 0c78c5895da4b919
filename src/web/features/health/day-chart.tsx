'use client';

import { Sparkline } from '@mantine/charts';
import classes from './health.module.css';

interface DayChartProps {
  /** By hour, oldest first. */
  readonly counts: readonly number[];
  /** The same in words. */
  readonly label: string;
}

/** How much came in each of the last hours. */
export function DayChart({ counts, label }: DayChartProps) {
  return (
    <div role="img" aria-label={label} title={label} className={classes.chart}>
      <Sparkline
        data={[...counts]}
        h={32}
        w={132}
        curveType="monotone"
        color="ink.5"
        fillOpacity={0.25}
        strokeWidth={1.5}
      />
    </div>
  );
}
