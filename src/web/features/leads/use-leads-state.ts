'use client';

import { useQueryStates } from 'nuqs';
import { leadsParams } from './leads-filters.ts';

/** Which leads are listed, kept in the URL. */
export function useLeadsState() {
  return useQueryStates(leadsParams, { history: 'push' });
}

export type SetLeadsState = ReturnType<typeof useLeadsState>[1];
