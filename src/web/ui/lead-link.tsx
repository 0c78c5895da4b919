'use client';

import { Anchor, type AnchorProps } from '@mantine/core';
import { type LeadSummary, leadName } from '#domain/lead.ts';
import { AppLink } from './app-link.tsx';

interface LeadLinkProps extends AnchorProps {
  readonly lead: LeadSummary;
  /** Which tab of the lead it opens. */
  readonly to?: 'overview' | 'activity';
}

/** The name of a lead, which leads to it. */
export function LeadLink({ lead, to = 'activity', ...others }: LeadLinkProps) {
  const href = to === 'activity' ? `/leads/${lead.id}?tab=activity` : `/leads/${lead.id}`;
  return (
    <Anchor component={AppLink} href={href} {...others}>
      <bdi>{leadName(lead)}</bdi>
    </Anchor>
  );
}
