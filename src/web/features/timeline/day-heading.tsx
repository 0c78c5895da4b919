'use client';

import { dayOf } from '#domain/day.ts';
import { useWorkspaceTimeZone } from '../../session/session.tsx';
import { useNow } from '../../time/use-now.ts';
import { dayLabel } from '../../time/zoned.ts';
import classes from './timeline.module.css';

/** Today, Yesterday, or the date; stays in view while its rows are. */
export function DayHeading({ day }: { readonly day: string }) {
  const timeZone = useWorkspaceTimeZone();
  return (
    <h2 className={classes.day} id={`day-${day}`} data-day={day}>
      {dayLabel(day, dayOf(useNow(), timeZone))}
    </h2>
  );
}
