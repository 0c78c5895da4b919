import type { ActivityView } from '#domain/activity.ts';
import { parseStreamCursor } from '#domain/cursor.ts';
import { TOTAL_CAP } from '#domain/filter.ts';

/**
 * The rows of a list that grows while it is read, newest first.
 *
 * - Another question opens the list anew.
 * - A page that was read again replaces the rows, unless somebody is reading them: then known rows are renewed where they
 *   stand and new ones wait.
 * - An arrival goes where it belongs by the time it occurred, unless somebody is reading: then it waits.
 * - What waits is shown when it is released, or with the first arrival that does not have to wait.
 *
 * Every row is shown once, whether it came by the stream, by a page or by both.
 */
export interface HeldRows {
  readonly rows: readonly ActivityView[];
  /** Arrived and not shown, newest first. */
  readonly held: readonly ActivityView[];
  /** More arrived than are kept waiting: only reading the page again can show them all. */
  readonly overflowed: boolean;
  /** Shown rows that came live, to be highlighted. */
  readonly fresh: ReadonlySet<string>;
  readonly total: number;
  readonly totalIsCapped: boolean;
  /** More rows exist below the last one. */
  readonly hasMore: boolean;
  /** How many rows are shown at most; the last ones make room. */
  readonly limit: number;
  /** Place in the order of the book up to which the page that was read is complete. */
  readonly reached: number;
}

export interface ReadPage {
  readonly rows: readonly ActivityView[];
  readonly total: number;
  readonly totalIsCapped: boolean;
  readonly nextCursor: string | null;
  readonly streamCursor: string;
}

export type HeldRowsAction =
  | { readonly kind: 'open'; readonly page: ReadPage }
  | { readonly kind: 'page'; readonly page: ReadPage; readonly reading: boolean }
  | { readonly kind: 'older'; readonly rows: readonly ActivityView[]; readonly hasMore: boolean }
  | { readonly kind: 'arrive'; readonly activities: readonly ActivityView[]; readonly reading: boolean }
  | { readonly kind: 'release' };

/** No more than this many rows wait: a feed left alone for a week must not fill the memory. */
export const HELD_MAX = 500;

export function emptyRows(limit: number): HeldRows {
  return {
    rows: [],
    held: [],
    overflowed: false,
    fresh: new Set(),
    total: 0,
    totalIsCapped: false,
    hasMore: false,
    limit,
    reached: -1,
  };
}

/** Newest first; of the same instant, the later id first. The order in which the server reads. */
export function newestFirst(a: ActivityView, b: ActivityView): number {
  if (a.occurredAt !== b.occurredAt) return a.occurredAt < b.occurredAt ? 1 : -1;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

function unknownOf(state: HeldRows, activities: readonly ActivityView[]): ActivityView[] {
  const known = new Set([...state.rows, ...state.held].map((row) => row.id));
  return activities.filter((row) => {
    if (row.position <= state.reached || known.has(row.id)) return false;
    known.add(row.id);
    return true;
  });
}

/**
 * Those that belong among the rows that are shown. Below the last one there is a gap as long as more can be loaded: what
 * falls into it (an import of a year that is past) comes with the next page, and is nothing to wait for or to announce.
 */
function fittingIn({ rows, hasMore }: HeldRows, arrivals: readonly ActivityView[]): readonly ActivityView[] {
  const last = rows.at(-1);
  return hasMore && last ? arrivals.filter((row) => newestFirst(row, last) < 0) : arrivals;
}

function counted(state: HeldRows, more: number): HeldRows {
  const total = state.total + more;
  return {
    ...state,
    total: state.totalIsCapped ? state.total : Math.min(total, TOTAL_CAP),
    totalIsCapped: state.totalIsCapped || total > TOTAL_CAP,
  };
}

function hold(state: HeldRows, arrivals: readonly ActivityView[]): HeldRows {
  if (arrivals.length === 0) return state;
  const fitting = fittingIn(state, arrivals);
  const held = [...fitting, ...state.held].sort(newestFirst);
  return {
    ...counted(state, arrivals.length - fitting.length),
    held: held.slice(0, HELD_MAX),
    overflowed: state.overflowed || held.length > HELD_MAX,
  };
}

function show(state: HeldRows, arrivals: readonly ActivityView[]): HeldRows {
  if (arrivals.length === 0) return state;
  const fitting = fittingIn(state, arrivals);
  const merged = [...fitting, ...state.rows].sort(newestFirst);
  const rows = merged.slice(0, state.limit);
  return {
    ...counted(state, arrivals.length),
    rows,
    fresh: new Set([...[...state.fresh].slice(-HELD_MAX), ...fitting.map((row) => row.id)]),
    hasMore: state.hasMore || merged.length > rows.length,
  };
}

function takePage(state: HeldRows, page: ReadPage, reading: boolean): HeldRows {
  const reached = parseStreamCursor(page.streamCursor)?.seq ?? state.reached;
  if (reading && state.rows.length > 0) {
    const renewed = new Map(page.rows.map((row) => [row.id, row]));
    const rows = state.rows.map((row) => renewed.get(row.id) ?? row);
    return { ...hold({ ...state, rows }, unknownOf(state, page.rows)), reached };
  }
  const settled: HeldRows = {
    ...state,
    rows: page.rows,
    held: [],
    overflowed: false,
    total: page.total,
    totalIsCapped: page.totalIsCapped,
    hasMore: page.nextCursor !== null,
    reached,
  };
  return hold(settled, unknownOf(settled, state.held));
}

export function heldRows(state: HeldRows, action: HeldRowsAction): HeldRows {
  switch (action.kind) {
    case 'open':
      return takePage(emptyRows(state.limit), action.page, false);
    case 'page':
      return takePage(state, action.page, action.reading);
    case 'older': {
      const known = new Set(state.rows.map((row) => row.id));
      const older = action.rows.filter((row) => !known.has(row.id));
      return { ...state, rows: [...state.rows, ...older], hasMore: action.hasMore };
    }
    case 'arrive': {
      const arrivals = unknownOf(state, action.activities);
      if (action.reading) return hold(state, arrivals);
      return show({ ...state, held: [], overflowed: false }, [...arrivals, ...state.held]);
    }
    case 'release':
      return show({ ...state, held: [], overflowed: false }, state.held);
  }
}
