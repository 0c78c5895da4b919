import { isNotReachableYet } from './reachable.ts';
import { sqlState } from './sql-state.ts';

/**
 * Whether the failure says that the database cannot take anything right now, whatever is sent to it: not there, starting,
 * stopping, frozen, out of disk, memory or connections, read-only, or not letting us in any more. The same can succeed
 * later, when somebody has seen to it; what is wrong is not the statement. A socket that is none of the database's says
 * nothing of it (line.ts).
 */
export function isDatabaseAway(error: unknown): boolean {
  if (isNotReachableYet(error) || isSilence(error)) return true;
  const cause = error instanceof Error ? error.cause : undefined;
  return AWAY_STATES.test(sqlState(error) ?? '') || (cause !== undefined && isDatabaseAway(cause));
}

/**
 * Classes 08 (connection), 28 (authorisation), 53 (out of disk, memory, connections), 57P (shut down, dropped), 58 (I/O);
 * 25006 read-only, 3D000 no such database, XX001 and XX002 damaged pages.
 */
const AWAY_STATES = /^(08...|28...|53...|57P..|58...|25006|3D000|XX001|XX002)$/;

/** What `pg` says, without a code, of a query that was not answered within `queryTimeoutMs`. */
function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}
