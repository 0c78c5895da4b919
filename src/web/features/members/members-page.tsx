'use client';

import { Badge, Box, Button, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconUserPlus, IconUsers } from '@tabler/icons-react';
import { usePermission, useSession } from '../../session/session.tsx';
import { When } from '../../time/when.tsx';
import { trpc } from '../../trpc/client.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { NoPermission, Nothing } from '../../ui/states.tsx';
import { compact, roomy, TablePaper } from '../../ui/table-paper.tsx';
import { AddMember } from './add-member.tsx';
import { MemberMenu } from './member-menu.tsx';
import classes from './members.module.css';
import { RoleSelect } from './role-select.tsx';

/** Who belongs to the workspace, and as what. */
export function MembersPage() {
  return usePermission('members:manage') ? <Members /> : <NoPermission what="managing members" />;
}

function Members() {
  const { user } = useSession();
  const members = trpc.members.list.useQuery();
  const [adding, add] = useDisclosure();
  return (
    <>
      <PageHeader
        title="Members"
        lead="The people of this workspace. Project managers see leads and their timelines; administrators see everything."
        actions={
          <Button leftSection={<IconUserPlus size={16} aria-hidden />} onClick={add.open}>
            Add member
          </Button>
        }
      />
      <TablePaper
        query={members}
        what="the members"
        columns={['Name', { label: 'Role', roomy: true }, { label: 'Joined', roomy: true }, null]}
        empty={
          <Nothing
            icon={<IconUsers size={26} stroke={1.5} aria-hidden />}
            title="No members yet"
            description="Add the people who work with these leads."
          />
        }
        row={(member) => (
          <Table.Tr key={member.userId}>
            <Table.Td>
              <Text fw={530} component="div">
                {member.name}{' '}
                {member.userId === user?.id && (
                  <Text span c="dimmed" size="sm">
                    {'(you)'}
                  </Text>
                )}{' '}
                {member.isDisabled && (
                  <Badge size="sm" variant="light" color="red" tt="none">
                    Disabled
                  </Badge>
                )}
              </Text>
              <Text size="xs" c="dimmed">
                {member.email}
              </Text>
              <Box className={compact} mt="xs">
                <RoleSelect member={member} isFull />
              </Box>
            </Table.Td>
            <Table.Td className={roomy}>
              <RoleSelect member={member} />
            </Table.Td>
            <Table.Td className={roomy}>
              <When at={member.joinedAt} />
            </Table.Td>
            <Table.Td ta="right" className={classes.actions}>
              <MemberMenu member={member} />
            </Table.Td>
          </Table.Tr>
        )}
      />
      <AddMember opened={adding} onClose={add.close} />
    </>
  );
}
