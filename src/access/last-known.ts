import type { Principal, UserPrincipal } from '#domain/principal.ts';
import type { Clock } from '#platform/clock.ts';
import type { Signals } from '#platform/db/signal.ts';
import { WORKSPACE_HEADER } from './authenticate.ts';

/**
 * Who a request's session stood for when the database could last be asked: for the one page that has to be readable while
 * it cannot. Nothing is taken away while the database is away, for that too is written there; what was taken away before
 * is forgotten here by the same signals as everywhere.
 */
export interface LastKnown {
  note(headers: Headers, principal: Principal | null): void;
  find(headers: Headers): UserPrincipal | undefined;
}

/** How long somebody is remembered after his last request, in milliseconds. */
const REMEMBERED_MS = 15 * 60_000;
const MAX_REMEMBERED = 1_000;

export function createLastKnown({
  clock,
  signals,
}: {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly signals: Pick<Signals, 'subscribe' | 'onGap'>;
}): LastKnown {
  const people = new Map<string, { readonly principal: UserPrincipal; readonly until: number }>();
  const forget = (isConcerned: (principal: UserPrincipal) => boolean) => {
    for (const [key, { principal }] of people) if (isConcerned(principal)) people.delete(key);
  };
  signals.subscribe('session', ({ id }) => forget(({ sessionId }) => sessionId === id));
  signals.subscribe('member', ({ id }) => forget(({ userId }) => userId === id));
  signals.subscribe('workspace', () => people.clear());
  signals.onGap(() => people.clear());

  return {
    note(headers, principal) {
      if (principal?.kind !== 'user') return;
      const key = keyOf(headers);
      people.delete(key);
      people.set(key, { principal, until: clock.monotonicMs() + REMEMBERED_MS });
      if (people.size <= MAX_REMEMBERED) return;
      const [oldest] = people.keys();
      if (oldest !== undefined) people.delete(oldest);
    },
    find(headers) {
      const known = people.get(keyOf(headers));
      return known && known.until > clock.monotonicMs() ? known.principal : undefined;
    },
  };
}

function keyOf(headers: Headers): string {
  return `${headers.get('cookie') ?? ''}\n${headers.get(WORKSPACE_HEADER) ?? ''}`;
}
