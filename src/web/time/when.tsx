'use client';

import { useWorkspaceTimeZone } from '../session/session.tsx';
import { relativeTime } from './relative.ts';
import { useNow } from './use-now.ts';
import { fullTime, shortClock } from './zoned.ts';

interface WhenProps {
  /** ISO 8601. */
  readonly at: string;
  /** `relative`: 2 minutes ago; `clock`: 14:05. The other one, with day and time zone, is in the title. */
  readonly as?: 'relative' | 'clock';
  readonly className?: string | undefined;
}

/** An instant as people read it, with the exact time in the workspace's time zone as its title. */
export function When({ at, as = 'relative', className }: WhenProps) {
  const timeZone = useWorkspaceTimeZone();
  const now = useNow();
  const instant = new Date(at);
  const relative = relativeTime(instant, now, timeZone);
  const exact = fullTime(instant, timeZone);
  return (
    <time
      dateTime={at}
      title={as === 'relative' ? exact : `${relative} · ${exact}`}
      className={className}
      suppressHydrationWarning
    >
      {as === 'relative' ? relative : shortClock(instant, timeZone)}
    </time>
  );
}
