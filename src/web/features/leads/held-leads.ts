import type { LeadView } from '#domain/lead-view.ts';

/**
 * A page of leads that is read again and again while somebody looks at it. Another question opens it anew. The same
 * question answered anew replaces the rows, unless somebody is reading them: then each is renewed where it stands, and
 * the new order waits.
 */
export interface HeldLeads {
  readonly key: string;
  readonly rows: readonly LeadView[];
  readonly total: number;
  /** The page as it would be now; undefined when that is what is shown. */
  readonly next: LeadsRead | undefined;
}

export interface LeadsRead {
  readonly rows: readonly LeadView[];
  readonly total: number;
}

export type HeldLeadsAction =
  | { readonly kind: 'read'; readonly key: string; readonly page: LeadsRead; readonly reading: boolean }
  | { readonly kind: 'release' };

export const NO_LEADS: HeldLeads = { key: '', rows: [], total: 0, next: undefined };

export function heldLeads(state: HeldLeads, action: HeldLeadsAction): HeldLeads {
  if (action.kind === 'release') return state.next ? { key: state.key, ...state.next, next: undefined } : state;
  const { key, page, reading } = action;
  if (!reading || key !== state.key || state.rows.length === 0) return { key, ...page, next: undefined };
  const renewed = new Map(page.rows.map((row) => [row.id, row]));
  const rows = state.rows.map((row) => renewed.get(row.id) ?? row);
  const isSame = page.rows.length === rows.length && page.rows.every(({ id }, index) => id === rows[index]?.id);
  return { key, rows, total: isSame ? page.total : state.total, next: isSame ? undefined : page };
}

/** How many of the leads that wait are not among those that are shown. */
export function newLeads({ rows, next }: HeldLeads): number {
  const shown = new Set(rows.map(({ id }) => id));
  return next?.rows.filter(({ id }) => !shown.has(id)).length ?? 0;
}
