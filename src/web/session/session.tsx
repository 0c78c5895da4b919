'use client';

import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import type { Permission } from '#domain/roles.ts';
import { useLiveStatus } from '../shell/live-status.ts';
import { type Outputs, trpc } from '../trpc/client.ts';
import { errorCode } from '../trpc/errors.ts';
import { leaveToChoosePassword, leaveToSignIn, watchTyping } from './leave.ts';
import { ShutBar, useRoleNews, WorkspaceGone } from './session-changes.tsx';

export type Session = Outputs['session']['current'];

const SessionContext = createContext<Session | undefined>(undefined);

interface SessionProviderProps {
  /** What the server knew when it rendered the page. */
  readonly initial: Session;
  readonly children: ReactNode;
}

/** Who is signed in and where, for everything inside; and what to do when that changes under an open page. */
export function SessionProvider({ initial, children }: SessionProviderProps) {
  const query = trpc.session.current.useQuery(undefined, {
    initialData: initial,
    staleTime: 60_000,
    refetchOnWindowFocus: 'always',
  });
  const { data, error, refetch } = query;
  const isSignedOut = initial.user !== null && data.user === null;
  // Signed in anew, in another tab, with a password that an administrator has made since.
  const isShut = data.passwordChangeRequired;
  // What is open stays as it was while somebody signs in again elsewhere.
  const [known, setKnown] = useState(initial);
  if (!isSignedOut && !isShut && known !== data) setKnown(data);
  useRoleNews(known);

  useEffect(watchTyping, []);
  // A stream that ends for good has its reason here: another role, another workspace, nobody.
  const isCut = useLiveStatus() === 'fallback';
  useEffect(() => {
    if (isCut) void refetch();
  }, [isCut, refetch]);
  useEffect(() => {
    if (isSignedOut) leaveToSignIn();
    if (isShut) leaveToChoosePassword();
  }, [isSignedOut, isShut]);

  if (errorCode(error) === 'NOT_FOUND') return <WorkspaceGone name={known.workspace?.name} />;
  return (
    <SessionContext value={known}>
      {children}
      {isSignedOut && <ShutBar why="signedOut" />}
      {isShut && <ShutBar why="passwordFirst" />}
    </SessionContext>
  );
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession needs a SessionProvider above it');
  return session;
}

/** Whether the signed-in person may do what `permission` names, in the current workspace. */
export function usePermission(permission: Permission): boolean {
  return useSession().permissions.includes(permission);
}

/** The time zone of the current workspace; UTC where there is none. */
export function useWorkspaceTimeZone(): string {
  return useContext(SessionContext)?.workspace?.timeZone ?? 'UTC';
}
