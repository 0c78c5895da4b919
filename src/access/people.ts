import { emailKey } from '#domain/lead.ts';
import type { PrismaClient } from '#platform/db/prisma.ts';
import type { Signal, Signals } from '#platform/db/signal.ts';
import type { Logger } from '#platform/log.ts';

/** A person as events name him. */
export interface KnownPerson {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
}

/**
 * Who belongs to which workspace, in memory: an event that names its author costs no query. Signals keep it right in
 * every process. Until it could be read nobody is known, and an author stays the label he came as.
 */
export interface People {
  load(): Promise<void>;
  /** The person with this id or e-mail address, when he belongs to the workspace or to all of them. */
  findMember(workspaceId: string, reference: string): KnownPerson | undefined;
  /** Resolves when all that signals have asked for so far has been read. */
  settled(): Promise<void>;
}

export interface PeopleDeps {
  readonly prisma: PrismaClient;
  readonly signals: Signals;
  readonly log: Logger;
}

interface Entry extends KnownPerson {
  readonly superAdmin: boolean;
  readonly workspaces: ReadonlySet<string>;
}

const COLUMNS = {
  id: true,
  email: true,
  name: true,
  superAdmin: true,
  memberships: { select: { workspaceId: true } },
} as const;

export function createPeople({ prisma, signals, log }: PeopleDeps): People {
  let byId = new Map<string, Entry>();
  let byEmail = new Map<string, Entry>();
  /** Reads follow each other, so that an older state never overwrites a newer one. */
  let reads: Promise<void> = Promise.resolve();

  const inTurn = (read: () => Promise<void>): Promise<void> => {
    const turn = reads.then(read);
    reads = turn.catch(() => undefined);
    return turn;
  };

  const forget = (id: string) => {
    const known = byId.get(id);
    byId.delete(id);
    if (known) byEmail.delete(known.email);
  };

  const readOne = async (id: string) => {
    const row = await prisma.user.findUnique({ where: { id }, select: COLUMNS });
    forget(id);
    if (!row) return;
    const entry = toEntry(row);
    byId.set(id, entry);
    byEmail.set(entry.email, entry);
  };

  const readAll = async () => {
    const entries = (await prisma.user.findMany({ select: COLUMNS })).map(toEntry);
    byId = new Map(entries.map((entry) => [entry.userId, entry]));
    byEmail = new Map(entries.map((entry) => [entry.email, entry]));
  };

  const load = () => inTurn(readAll);
  const reload = (read: () => Promise<void>) => {
    inTurn(read).catch((error) => log.warn({ err: error }, 'members cannot be read yet'));
  };
  signals.subscribe('member', ({ id, workspaceId, ended }: Signal) => {
    // At once: what was taken away must not count for as long as the read takes.
    if (ended && workspaceId !== undefined) forget(id);
    reload(() => readOne(id));
  });
  signals.subscribe('workspace', () => reload(readAll));
  signals.onGap(() => reload(readAll));

  return {
    load,
    settled: () => reads,
    findMember(workspaceId, reference) {
      const known = byId.get(reference.toLowerCase()) ?? byEmail.get(emailKey(reference));
      return known && (known.superAdmin || known.workspaces.has(workspaceId)) ? known : undefined;
    },
  };
}

interface Row {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly superAdmin: boolean;
  readonly memberships: readonly { readonly workspaceId: string }[];
}

function toEntry({ id, email, name, superAdmin, memberships }: Row): Entry {
  const workspaces = new Set(memberships.map(({ workspaceId }) => workspaceId));
  return { userId: id, email: emailKey(email), name, superAdmin, workspaces };
}
