'use client';

import { memo } from 'react';
import type { ActivityView } from '#domain/activity.ts';
import type { ActivityType } from '#domain/catalogue/index.ts';
import { useWorkspaceTimeZone } from '../../session/session.tsx';
import { When } from '../../time/when.tsx';
import { LeadLink } from '../../ui/lead-link.tsx';
import { TypeIcon } from '../../ui/type-icon.tsx';
import { activityText } from './activity-text.ts';
import classes from './compact-row.module.css';

interface CompactRowProps {
  readonly activity: ActivityView;
  readonly type: ActivityType;
  readonly fresh: boolean;
  readonly withLead?: boolean;
}

/** One activity in two lines, for overviews. */
export const CompactRow = memo(function CompactRow({ activity, type, fresh, withLead = false }: CompactRowProps) {
  const { description, quote, facts } = activityText(activity, type, useWorkspaceTimeZone());
  const { lead } = activity;
  return (
    <article className={classes.row} data-fresh={fresh || undefined} data-activity-id={activity.id}>
      <TypeIcon type={type} size={24} />
      <div className={classes.body}>
        <div className={classes.title}>
          <span className={classes.label}>{type.label}</span>
          {withLead && lead && <LeadLink lead={lead} className={classes.lead} />}
        </div>
        <div className={classes.text} dir="auto">
          {quote ?? description ?? facts}
        </div>
      </div>
      <When at={activity.occurredAt} className={classes.when} />
    </article>
  );
});
