'use client';

import { ActionIcon, Button, Menu } from '@mantine/core';
import {
  IconArchive,
  IconChevronDown,
  IconDots,
  IconHandGrab,
  IconNote,
  IconUserMinus,
  IconUserPlus,
} from '@tabler/icons-react';
import type { LeadView } from '#domain/lead-view.ts';
import { useSession } from '../../session/session.tsx';
import { trpc } from '../../trpc/client.ts';
import type { LeadActions } from './use-lead-actions.ts';

const ICON = { size: 15, stroke: 1.75, 'aria-hidden': true } as const;
const MINUTE = 60_000;

interface MenuProps {
  readonly lead: LeadView;
  readonly actions: LeadActions;
}

function StatusMenu({ lead, actions }: MenuProps) {
  const statuses = trpc.leads.statuses.useQuery(undefined, { staleTime: MINUTE });
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          rightSection={<IconChevronDown {...ICON} />}
          loading={actions.pending.status}
        >
          Change status
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(statuses.data ?? []).map((status) => (
          <Menu.Item key={status} disabled={status === lead.status} onClick={() => actions.setStatus(status)}>
            {status}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function EnrolMenu({ lead, actions }: MenuProps) {
  const campaigns = trpc.campaigns.list.useQuery(undefined, { staleTime: MINUTE });
  const active = new Set(lead.campaigns.filter(({ state }) => state === 'active').map(({ campaignId }) => campaignId));
  const open = (campaigns.data ?? []).filter(({ id, archivedAt }) => archivedAt === null && !active.has(id));
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconUserPlus {...ICON} />}
          rightSection={<IconChevronDown {...ICON} />}
          loading={actions.pending.campaign}
        >
          Enrol
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{open.length > 0 ? 'Enrol in campaign' : 'No other campaign to enrol in'}</Menu.Label>
        {open.map((campaign) => (
          <Menu.Item key={campaign.id} onClick={() => actions.enroll(campaign)}>
            {campaign.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function OwnerMenu({ lead, actions }: MenuProps) {
  const owners = trpc.leads.owners.useQuery(undefined, { staleTime: MINUTE });
  const { user } = useSession();
  const others = (owners.data ?? []).filter(({ id }) => id !== lead.owner?.id);
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          rightSection={<IconChevronDown {...ICON} />}
          loading={actions.pending.owner}
        >
          Assign
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{lead.owner ? `Owned by ${lead.owner.name}` : 'Nobody owns this lead'}</Menu.Label>
        {others.map((person) => (
          <Menu.Item key={person.id} onClick={() => actions.assign(person)}>
            {person.id === user?.id ? `${person.name} (you)` : person.name}
          </Menu.Item>
        ))}
        {lead.owner && (
          <>
            <Menu.Divider />
            <Menu.Item leftSection={<IconUserMinus {...ICON} />} onClick={() => actions.assign(null)}>
              Release
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

interface LeadActionsBarProps extends MenuProps {
  readonly onAddNote: () => void;
}

/** Everything that can be done to a lead. */
export function LeadActionsBar({ lead, actions, onAddNote }: LeadActionsBarProps) {
  if (lead.archivedAt) {
    return (
      <Button size="xs" variant="default" onClick={actions.restore} loading={actions.pending.archive}>
        Restore
      </Button>
    );
  }
  return (
    <>
      {!lead.owner && (
        <Button
          size="xs"
          leftSection={<IconHandGrab {...ICON} />}
          onClick={actions.claim}
          loading={actions.pending.owner}
        >
          Claim
        </Button>
      )}
      <Button size="xs" variant="default" leftSection={<IconNote {...ICON} />} onClick={onAddNote}>
        Add note
      </Button>
      <StatusMenu lead={lead} actions={actions} />
      <EnrolMenu lead={lead} actions={actions} />
      <OwnerMenu lead={lead} actions={actions} />
      <Menu position="bottom-end" width={180}>
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label="More actions" loading={actions.pending.archive}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconArchive {...ICON} />} onClick={actions.archive}>
            Archive lead
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
