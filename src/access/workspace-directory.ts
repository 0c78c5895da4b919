import type { Role } from '#domain/roles.ts';
import type { Clock } from '#platform/clock.ts';
import type { PrismaClient } from '#platform/db/prisma.ts';
import type { Signals } from '#platform/db/signal.ts';
import type { Logger } from '#platform/log.ts';

export interface WorkspaceRecord {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly isDemo: boolean;
}

/** A workspace as somebody may enter it. */
export interface EnterableWorkspace extends WorkspaceRecord {
  readonly role: Role;
}

/**
 * The few workspaces there are, in memory: for keys and administrators that may enter any of them.
 *
 *   fresh    read less than FRESH_MS ago: answers at once
 *   old      answers at once and reads again behind the request, so that an outage of the database delays nobody
 *   changed  a signal says so, or nothing was ever read: waits for the read
 */
export interface WorkspaceDirectory {
  load(): Promise<void>;
  /** Real ones before demos, oldest first. */
  list(): Promise<readonly WorkspaceRecord[]>;
  /** Looks again before it says that there is no such workspace. */
  find(id: string): Promise<WorkspaceRecord | undefined>;
  /** Where the bootstrap key works when told nothing else: the oldest workspace that is no demo, else the oldest. */
  home(): Promise<WorkspaceRecord | undefined>;
}

/** What is put in by hand in SQL sends no signal and is seen after this many milliseconds. */
export const FRESH_MS = 5_000;
/** Least time between two looks for an unknown id, in milliseconds: made-up ids must not become queries. */
const MISS_MS = 250;

export interface WorkspaceDirectoryDeps {
  readonly prisma: PrismaClient;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly signals: Signals;
  readonly log: Logger;
  /** The workspaces as they were known last, for until they have been read. */
  readonly lastKnown?: readonly WorkspaceRecord[];
}

export function createWorkspaceDirectory(deps: WorkspaceDirectoryDeps): WorkspaceDirectory {
  const { prisma, clock, signals, log } = deps;
  let known: readonly WorkspaceRecord[] = deps.lastKnown ?? [];
  /** Counts the changes heard of; what was read before the last one is not good. */
  let changes = 1;
  let readChanges = 0;
  let triedAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<void> | undefined;

  const read = async () => {
    const seen = changes;
    triedAt = clock.monotonicMs();
    known = await prisma.workspace.findMany({
      select: { id: true, name: true, slug: true, timeZone: true, isDemo: true },
      orderBy: [{ isDemo: 'asc' }, { createdAt: 'asc' }, { id: 'asc' }],
    });
    readChanges = seen;
  };

  const load = (): Promise<void> => {
    loading ??= read().finally(() => {
      loading = undefined;
    });
    return loading;
  };

  const age = () => clock.monotonicMs() - triedAt;

  const goOn = (error: unknown) => {
    if (known.length === 0) throw error;
    log.debug({ err: error }, 'workspaces cannot be read; going on with those known');
  };

  const refresh = async () => {
    while (readChanges < changes || (known.length === 0 && age() >= MISS_MS)) {
      const seen = changes;
      await load().catch(goOn);
      // Not read: the database is away, and a change that nobody can read yet must not hold up those who ask.
      if (readChanges < seen) return;
    }
    if (age() < FRESH_MS) return;
    load().catch(goOn);
  };

  const noteChange = () => {
    changes += 1;
  };
  signals.subscribe('workspace', noteChange);
  signals.onGap(noteChange);

  return {
    load,
    async list() {
      await refresh();
      return known;
    },
    async find(id) {
      await refresh();
      const byId = () => known.find((workspace) => workspace.id === id);
      if (!byId() && (loading || age() >= MISS_MS)) await load();
      return byId();
    },
    async home() {
      await refresh();
      return known[0];
    },
  };
}
