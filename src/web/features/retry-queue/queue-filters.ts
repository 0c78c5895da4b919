import { type inferParserType, parseAsArrayOf, parseAsString, parseAsStringLiteral } from 'nuqs/server';
import { QUARANTINE_STATES, type QuarantineFilter } from '#domain/quarantine.ts';

export const SPANS = ['1h', '24h', '7d', '30d'] as const;
const HOUR = 3_600_000;
const SPAN_MS = { '1h': HOUR, '24h': 24 * HOUR, '7d': 168 * HOUR, '30d': 720 * HOUR } as const;

/** Everything that decides which entries are listed, as it stands in the URL. */
export const queueParams = {
  state: parseAsStringLiteral(QUARANTINE_STATES).withDefault('waiting'),
  q: parseAsString.withDefault(''),
  code: parseAsArrayOf(parseAsString).withDefault([]),
  type: parseAsArrayOf(parseAsString).withDefault([]),
  source: parseAsString,
  received: parseAsStringLiteral(SPANS),
};
export type QueueState = inferParserType<typeof queueParams>;

export const NO_QUEUE_FILTERS = { q: null, code: null, type: null, source: null, received: null } as const;

export function isQueueFiltered({ q, code, type, source, received }: QueueState): boolean {
  return q !== '' || code.length > 0 || type.length > 0 || source !== null || received !== null;
}

/** The filter to ask the server for. A span ends now; it is counted in whole minutes, so that the question stays the same. */
export function queueFilterOf(state: QueueState, now: Date): QuarantineFilter {
  const minute = Math.floor(now.getTime() / 60_000) * 60_000;
  const search = state.q.trim();
  return {
    state: state.state,
    ...(search && { search }),
    ...(state.code.length > 0 && { codes: state.code }),
    ...(state.type.length > 0 && { types: state.type }),
    ...(state.source && { sources: [state.source] }),
    ...(state.received && { from: new Date(minute - SPAN_MS[state.received]).toISOString() }),
  };
}
