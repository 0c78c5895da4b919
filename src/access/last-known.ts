import type { Clock } from '#platform/clock.ts';
import type { Signals } from '#platform/db/signal.ts';
import type { SignedInPerson } from './sessions.ts';
import type { EnterableWorkspace } from './workspace-directory.ts';

/** Somebody and the workspaces that were open to him. */
export interface LastKnownPerson {
  readonly person: SignedInPerson;
  readonly workspaces: readonly EnterableWorkspace[];
}

/**
 * Whose session a cookie stood for when the database could last be asked: so that a page can be opened, and the one that
 * tells of an outage be read, while it cannot. Nothing is taken away while the database is away, for that too is written
 * there; what was taken away before is forgotten here by the same signals as everywhere.
 */
export interface LastKnown {
  note(cookie: string, known: LastKnownPerson): void;
  find(cookie: string): LastKnownPerson | undefined;
}

/** How long somebody is remembered after his last request, in milliseconds. */
const REMEMBERED_MS = 15 * 60_000;
const MAX_REMEMBERED = 1_000;

export interface LastKnownDeps {
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>;
  readonly signals: Pick<Signals, 'subscribe' | 'onGap'>;
}

export function createLastKnown({ clock, signals }: LastKnownDeps): LastKnown {
  const people = new Map<string, { readonly known: LastKnownPerson; readonly until: number }>();
  const forget = (isConcerned: (person: SignedInPerson) => boolean) => {
    for (const [cookie, { known }] of people) if (isConcerned(known.person)) people.delete(cookie);
  };
  signals.subscribe('session', ({ id }) => forget(({ sessionId }) => sessionId === id));
  signals.subscribe('member', ({ id }) => forget(({ userId }) => userId === id));
  signals.subscribe('workspace', () => people.clear());
  signals.onGap(() => people.clear());

  return {
    note(cookie, known) {
      people.delete(cookie);
      people.set(cookie, { known, until: clock.monotonicMs() + REMEMBERED_MS });
      if (people.size <= MAX_REMEMBERED) return;
      const [oldest] = people.keys();
      if (oldest !== undefined) people.delete(oldest);
    },
    find(cookie) {
      const entry = people.get(cookie);
      if (!entry || entry.until <= clock.monotonicMs()) return undefined;
      return entry.known.person.expiresAt > clock.now() ? entry.known : undefined;
    },
  };
}
