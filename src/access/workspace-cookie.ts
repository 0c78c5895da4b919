import { WORKSPACE_COOKIE } from './authenticate.ts';

const YEAR_S = 365 * 24 * 60 * 60;

/**
 * The Set-Cookie header that remembers a chosen workspace. It grants nothing: whether the person may enter is asked at
 * every request.
 */
export function workspaceCookie(workspaceId: string, publicUrl: string | undefined): string {
  const parts = [`${WORKSPACE_COOKIE}=${workspaceId}`, 'Path=/', `Max-Age=${YEAR_S}`, 'SameSite=Lax', 'HttpOnly'];
  return (publicUrl?.startsWith('https://') ? [...parts, 'Secure'] : parts).join('; ');
}
