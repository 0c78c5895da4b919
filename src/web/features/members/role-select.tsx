'use client';

import { Select } from '@mantine/core';
import { ROLES, WORKSPACE_ROLES } from '#domain/roles.ts';
import { roleLabel } from '../../session/role-label.ts';
import { useSession } from '../../session/session.tsx';
import { type Outputs, trpc } from '../../trpc/client.ts';
import { toastError } from '../../ui/toast.ts';
import { toastUndo } from '../../ui/undo-toast.tsx';

export type Member = Outputs['members']['list'][number];

interface RoleSelectProps {
  readonly member: Member;
  /** As wide as there is room, and as high as a finger needs. */
  readonly isFull?: boolean;
}

/** The role of a member, to change in place. Only a super administrator makes another one. */
export function RoleSelect({ member, isFull = false }: RoleSelectProps) {
  const { role: ownRole } = useSession();
  const utils = trpc.useUtils();
  const change = trpc.members.setRole.useMutation({
    onError: (error) => toastError('The role was not changed', error),
    onSettled: () => {
      void utils.members.list.invalidate();
      void utils.session.current.invalidate();
    },
  });
  const isSuper = ownRole === 'SUPER_ADMIN';
  const offered = isSuper || member.role === 'SUPER_ADMIN' ? ROLES : WORKSPACE_ROLES;
  const { userId, role: before } = member;
  return (
    <Select
      aria-label={`Role of ${member.name}`}
      {...(isFull ? { size: 'sm' } : { size: 'xs', miw: 130, maw: 190 })}
      data={offered.map((role) => ({ value: role, label: roleLabel(role) }))}
      value={change.isPending ? change.variables.role : before}
      onChange={(role) => {
        if (role === null || role === before) return;
        const undo = () => change.mutate({ userId, role: before });
        change.mutate(
          { userId, role },
          { onSuccess: () => toastUndo(`${member.name} is now ${roleLabel(role).toLowerCase()}`, undo) },
        );
      }}
      disabled={change.isPending || (member.role === 'SUPER_ADMIN' && !isSuper)}
      allowDeselect={false}
    />
  );
}
