import type { Principal } from '#domain/principal.ts';
import type { StreamDeps } from './deps.ts';

/**
 * A right that is taken away while a stream is being opened is told to the streams there are, of which this was none yet.
 * So who asks is looked at once more when it is: whoever is nobody by now, or has other rights, is let go, to come back and
 * be judged anew. Never rejects.
 */
export async function recheck(
  { services, authenticate }: StreamDeps,
  headers: Headers,
  principal: Principal,
): Promise<void> {
  // Who cannot be looked up is let go too: what was known of him may be what has just been taken away.
  const now = await authenticate(headers).catch(() => null);
  if (now === null || rightsOf(now) !== rightsOf(principal)) services.live.closeWhere((open) => open === principal);
}

function rightsOf(principal: Principal): string {
  const { kind, workspaceId } = principal;
  return kind === 'key'
    ? JSON.stringify([kind, workspaceId, principal.keyId, principal.scopes])
    : JSON.stringify([kind, workspaceId, principal.userId, principal.sessionId, principal.role]);
}
