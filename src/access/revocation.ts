import type { Principal } from '#domain/principal.ts';
import type { Signals } from '#platform/db/signal.ts';

/** Whom a revocation concerns. */
export type RevocationMatch = (principal: Principal) => boolean;

/** Tells what is still open (live streams) that some principals may not go on as they were. */
export interface Revocations {
  /** Calls `listener` at each revocation, made here or in another process; gives the way to stop. */
  onRevoked(listener: (match: RevocationMatch) => void): () => void;
  revoke(match: RevocationMatch): void;
}

/**
 * Revocations of people follow from signals: a session that ended, a role or membership that was taken away, a workspace
 * that is gone. Those of keys are called by the key store, which knows whether a changed key is still good.
 */
export function createRevocations(signals: Signals): Revocations {
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

  return {
    revoke,
    onRevoked(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
