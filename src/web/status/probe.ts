import { z } from 'zod';

/**
 * Whether what is on the page can be kept current:
 * - `offline`: this computer has no connection;
 * - `unreachable`: the server does not answer, or something before it does;
 * - `database-away`: the server is there, its database is not.
 */
export type ServerState = 'ok' | 'offline' | 'unreachable' | 'database-away';

export interface ProbeDeps {
  readonly isOnline: () => boolean;
  /** GET /readyz; rejects when nothing answers. */
  readonly ask: () => Promise<{ readonly ok: boolean; json(): Promise<unknown> }>;
}

/** What Historybook answers when it is not ready; a proxy before it answers otherwise. */
const notReady = z.object({ problems: z.array(z.string()) });

/** Looks how things are, once. */
export async function probeServer({ isOnline, ask }: ProbeDeps): Promise<ServerState> {
  if (!isOnline()) return 'offline';
  try {
    const answer = await ask();
    if (answer.ok) return 'ok';
    const said = notReady.safeParse(await answer.json());
    return said.success && said.data.problems.some((problem) => problem.startsWith('database'))
      ? 'database-away'
      : 'unreachable';
  } catch {
    return isOnline() ? 'unreachable' : 'offline';
  }
}
