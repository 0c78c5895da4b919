'use client';

import { ActionIcon, Text } from '@mantine/core';
import { IconChevronRight, IconClockExclamation } from '@tabler/icons-react';
import { type MouseEvent, memo } from 'react';
import type { ActivityView } from '#domain/activity.ts';
import type { ActivityType } from '#domain/catalogue/index.ts';
import { leadName } from '#domain/lead.ts';
import { useWorkspaceTimeZone } from '../../session/session.tsx';
import { When } from '../../time/when.tsx';
import { CopyIcon } from '../../ui/copy-button.tsx';
import { LeadLink } from '../../ui/lead-link.tsx';
import { TypeIcon } from '../../ui/type-icon.tsx';
import { ActivityDetails } from './activity-details.tsx';
import classes from './activity-row.module.css';
import { activityText, duration, lateness } from './activity-text.ts';

interface ActivityRowProps {
  readonly activity: ActivityView;
  readonly type: ActivityType;
  readonly expanded: boolean;
  readonly onToggle: (id: string) => void;
  /** It came live: highlighted for a moment. */
  readonly fresh: boolean;
  /** In the timeline of a lead its name goes without saying, and the day too. */
  readonly within?: 'feed' | 'timeline';
}

/** A click anywhere on the row opens it, unless it was meant for something in it or selected text. */
function isMeantForRow(event: MouseEvent<HTMLElement>): boolean {
  if (event.target instanceof Element && event.target.closest('a, button, [role="region"]')) return false;
  return window.getSelection()?.isCollapsed !== false;
}

/** One activity: what, who, when, from where; opens to everything the book knows of it. */
export const ActivityRow = memo(function ActivityRow(props: ActivityRowProps) {
  const { activity, type, expanded, onToggle, fresh, within = 'feed' } = props;
  const timeZone = useWorkspaceTimeZone();
  const { description, quote, facts } = activityText(activity, type, timeZone);
  const { lead } = activity;
  const late = lateness(activity);
  const detailsId = `details-${activity.id}`;
  return (
    <article
      className={classes.row}
      data-fresh={fresh || undefined}
      data-expanded={expanded || undefined}
      data-activity-id={activity.id}
      aria-label={`${type.label}${lead ? `, ${leadName(lead)}` : ''}`}
    >
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the chevron button does the same by keyboard */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a larger target for the mouse alone */}
      <div className={classes.head} onClick={(event) => isMeantForRow(event) && onToggle(activity.id)}>
        <TypeIcon type={type} />
        <div className={classes.body}>
          <div className={classes.title}>
            <span className={classes.label}>{type.label}</span>
            {within === 'feed' &&
              (lead ? (
                <LeadLink lead={lead} className={classes.lead} />
              ) : (
                activity.subjectKey && (
                  <Text
                    span
                    size="sm"
                    c="dimmed"
                    title="No lead with this key is known yet"
                    className={classes.subject}
                  >
                    <bdi>{activity.subjectKey}</bdi>
                  </Text>
                )
              ))}
            {late > 0 && (
              <span className={classes.late} title="It happened earlier than the book heard of it">
                <IconClockExclamation size={13} stroke={1.75} aria-hidden />
                {`recorded ${duration(late)} later`}
              </span>
            )}
          </div>
          {description && (
            <div className={classes.description} dir="auto">
              {description}
            </div>
          )}
          {quote && (
            <div className={classes.quote} dir="auto">
              {quote}
            </div>
          )}
          {facts && <div className={classes.facts}>{facts}</div>}
        </div>
        <div className={classes.side}>
          <When at={activity.occurredAt} as={within === 'feed' ? 'relative' : 'clock'} className={classes.when} />
          <div className={classes.origin}>
            <span className={classes.source} title={`Source: ${activity.source}`}>
              {activity.source}
            </span>
            {activity.executionId && (
              <span className={classes.execution} title={`Execution: ${activity.executionId}`}>
                <span className={classes.executionId}>#{activity.executionId}</span>
                <CopyIcon value={activity.executionId} what="execution id" />
              </span>
            )}
          </div>
        </div>
        <ActionIcon
          size="sm"
          onClick={() => onToggle(activity.id)}
          aria-expanded={expanded}
          aria-controls={expanded ? detailsId : undefined}
          aria-label={`${expanded ? 'Hide' : 'Show'} details of ${type.label}`}
          className={classes.toggle}
        >
          <IconChevronRight size={16} stroke={1.75} aria-hidden className={classes.chevron} />
        </ActionIcon>
      </div>
      {expanded && (
        <div id={detailsId} className={classes.details}>
          <ActivityDetails activity={activity} type={type} />
        </div>
      )}
    </article>
  );
});
