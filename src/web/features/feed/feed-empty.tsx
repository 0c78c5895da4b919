'use client';

import { Button } from '@mantine/core';
import { IconMoodEmpty } from '@tabler/icons-react';
import { Nothing } from '../../ui/states.tsx';
import { type FeedState, FIRST_PAGE, isFiltered, NO_FILTERS } from './feed-filters.ts';
import type { SetFeedState } from './use-feed-state.ts';

interface FeedEmptyProps {
  readonly state: FeedState;
  readonly setState: SetFeedState;
}

/** Nothing to show: because of the filters, or because nothing happened. */
export function FeedEmpty({ state, setState }: FeedEmptyProps) {
  const filtered = isFiltered(state);
  return (
    <Nothing
      icon={<IconMoodEmpty size={26} stroke={1.5} aria-hidden />}
      title={filtered ? 'Nothing matches' : 'Nothing in the last 24 hours'}
      description={
        filtered
          ? 'No activity matches these filters. Try fewer words, or a longer span of time.'
          : 'New activities appear here the moment they are recorded.'
      }
    >
      {filtered && (
        <Button variant="default" onClick={() => setState(NO_FILTERS)}>
          Reset filters
        </Button>
      )}
      {state.range !== 'all' && (
        <Button variant="default" onClick={() => setState({ range: 'all', from: null, to: null, ...FIRST_PAGE })}>
          Show all time
        </Button>
      )}
    </Nothing>
  );
}
