'use client';

import { createContext, type ReactNode, useContext } from 'react';
import type { Permission } from '#domain/roles.ts';
import { type Outputs, trpc } from '../trpc/client.ts';

export type Session = Outputs['session']['current'];

const SessionContext = createContext<Session | undefined>(undefined);

interface SessionProviderProps {
  /** What the server knew when it rendered the page. */
  readonly initial: Session;
  readonly children: ReactNode;
}

/** Who is signed in and where, for everything inside. */
export function SessionProvider({ initial, children }: SessionProviderProps) {
  const { data } = trpc.session.current.useQuery(undefined, { initialData: initial, staleTime: 60_000 });
  return <SessionContext value={data}>{children}</SessionContext>;
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
