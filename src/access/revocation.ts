import type pg from 'pg';
import type { Principal, UserPrincipal } from '#domain/principal.ts';
import type { Clock } from '#platform/clock.ts';
import type { Signals } from '#platform/db/signal.ts';
import type { Logger } from '#platform/log.ts';

/** Whom a revocation concerns. */
export type RevocationMatch = (principal: Principal) => boolean;

/** Tells what is still open (live streams) that some principals may not go on as they were. */
export interface Revocations {
  /** Calls `listener` at each revocation, made here or in another process; gives the way to stop. */
  onRevoked(listener: (match: RevocationMatch) => void): () => void;
  revoke(match: RevocationMatch): void;
}

export interface RevocationDeps {
  readonly pool: pg.Pool;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  readonly signals: Signals;
}

/** What each session that is good now may enter, and as what. A super administrator enters any workspace. */
const RIGHTS_SQL = `
  SELECT s.id AS session, u.super_admin AS super, m.workspace_id AS workspace, m.role
  FROM auth_session s
  JOIN account_user u ON u.id = s.user_id AND u.disabled_at IS NULL
  LEFT JOIN membership m ON m.user_id = u.id
  WHERE s.expires_at > $1`;

interface RightsRow {
  readonly session: string;
  readonly super: boolean;
  readonly workspace: string | null;
  readonly role: string | null;
}

/**
 * Revocations of people follow from signals: a session that ended, a role or membership that was taken away, a workspace
 * that is gone. When signals may have been missed, everybody who has not the rights any more that he came with is revoked.
 * Those of keys are called by the key store, which knows whether a changed key is still good.
 */
export function createRevocations({ pool, clock, log, signals }: RevocationDeps): Revocations {
  const listeners = new Set<(match: RevocationMatch) => void>();
  const revoke = (match: RevocationMatch) => {
    for (const listener of listeners) listener(match);
  };

  signals.subscribe('session', ({ id }) => {
    revoke((principal) => principal.kind === 'user' && principal.sessionId === id);
  });
  signals.subscribe('member', ({ id, workspaceId, ended }) => {
    if (!ended) return;
    revoke(
      (principal) =>
        principal.kind === 'user' &&
        principal.userId === id &&
        (workspaceId === undefined || principal.workspaceId === workspaceId),
    );
  });
  signals.subscribe('workspace', ({ id, ended }) => {
    if (ended) revoke((principal) => principal.workspaceId === id);
  });

  const revokeMissed = async () => {
    const { rows } = await pool.query<RightsRow>(RIGHTS_SQL, [clock.now()]);
    const good = new Set(
      rows.map((row) => (row.super ? `${row.session} SUPER_ADMIN` : `${row.session} ${row.role} ${row.workspace}`)),
    );
    revoke((principal) => principal.kind === 'user' && !good.has(rightsOf(principal)));
  };
  signals.onGap(() => {
    revokeMissed().catch((error: unknown) => {
      // Nobody can be told from the others: all come back, and are looked at one by one.
      log.warn({ err: error }, 'whose rights have changed cannot be read: closing what people hold open');
      revoke(({ kind }) => kind === 'user');
    });
  });

  return {
    revoke,
    onRevoked(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function rightsOf({ sessionId, role, workspaceId }: UserPrincipal): string {
  return role === 'SUPER_ADMIN' ? `${sessionId} ${role}` : `${sessionId} ${role} ${workspaceId}`;
}
