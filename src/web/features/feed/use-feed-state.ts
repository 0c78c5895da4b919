'use client';

import { useQueryStates } from 'nuqs';
import { feedParams } from './feed-filters.ts';

/** The state of the activity browser, kept in the URL: each choice is a step that the back button takes back. */
export function useFeedState() {
  return useQueryStates(feedParams, { history: 'push' });
}

export type SetFeedState = ReturnType<typeof useFeedState>[1];
