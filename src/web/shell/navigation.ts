import {
  IconActivity,
  IconAddressBook,
  IconArrowsDiff,
  IconBell,
  IconBuilding,
  IconBuildingCommunity,
  IconFileImport,
  IconHeartbeat,
  IconHome,
  IconKey,
  IconReload,
  IconSpeakerphone,
  IconTags,
  IconUsers,
  type TablerIcon,
} from '@tabler/icons-react';
import type { Permission } from '#domain/roles.ts';

export interface NavigationItem {
  readonly href: string;
  readonly label: string;
  readonly icon: TablerIcon;
  /** Who sees it; null for everybody who is signed in. */
  readonly permission: Permission | null;
  /** Other words under which the command palette finds it. */
  readonly keywords?: string;
}

export interface NavigationSection {
  readonly label: string;
  readonly items: readonly NavigationItem[];
}

export const RETRY_QUEUE = '/admin/retry-queue';

/** Every page that is reached by navigation. A new page is one line here. */
export const NAVIGATION: readonly NavigationSection[] = [
  {
    label: 'History',
    items: [
      { href: '/', label: 'Home', icon: IconHome, permission: null },
      {
        href: '/admin/activity-logs',
        label: 'Activity logs',
        icon: IconActivity,
        permission: 'activity:read',
        keywords: 'feed live events history',
      },
      { href: '/leads', label: 'Leads', icon: IconAddressBook, permission: 'leads:read', keywords: 'people contacts' },
      {
        href: '/campaigns',
        label: 'Campaigns',
        icon: IconSpeakerphone,
        permission: 'leads:read',
        keywords: 'sequences enrolment',
      },
    ],
  },
  {
    label: 'Administration',
    items: [
      {
        href: '/admin/health',
        label: 'Health',
        icon: IconHeartbeat,
        permission: 'ops:read',
        keywords: 'status incidents outage sources spool database metrics',
      },
      {
        href: '/admin/alerts',
        label: 'Alerts',
        icon: IconBell,
        permission: 'ops:read',
        keywords: 'rules channels slack webhook notifications quiet mute',
      },
      {
        href: RETRY_QUEUE,
        label: 'Retry queue',
        icon: IconReload,
        permission: 'quarantine:manage',
        keywords: 'quarantine dead letter failed refused replay',
      },
      {
        href: '/admin/import',
        label: 'Import',
        icon: IconFileImport,
        permission: 'import:manage',
        keywords: 'upload csv migrate backfill sms_audit history mapping',
      },
      {
        href: '/admin/parity',
        label: 'Parity',
        icon: IconArrowsDiff,
        permission: 'import:manage',
        keywords: 'compare missing lost records incident sms_audit',
      },
      {
        href: '/admin/members',
        label: 'Members',
        icon: IconUsers,
        permission: 'members:manage',
        keywords: 'people users roles',
      },
      {
        href: '/admin/keys',
        label: 'Service keys',
        icon: IconKey,
        permission: 'keys:manage',
        keywords: 'api secrets n8n',
      },
      {
        href: '/admin/types',
        label: 'Event types',
        icon: IconTags,
        permission: 'types:write',
        keywords: 'catalogue custom',
      },
      {
        href: '/admin/workspace',
        label: 'Workspace',
        icon: IconBuilding,
        permission: 'workspace:manage',
        keywords: 'settings time zone name',
      },
      {
        href: '/admin/workspaces',
        label: 'All workspaces',
        icon: IconBuildingCommunity,
        permission: 'platform:manage',
        keywords: 'tenants clients organizations',
      },
    ],
  },
];

/** The sections and items that a person with these permissions sees. */
export function navigationFor(permissions: readonly Permission[]): NavigationSection[] {
  return NAVIGATION.map((section) => ({
    ...section,
    items: section.items.filter((item) => item.permission === null || permissions.includes(item.permission)),
  })).filter((section) => section.items.length > 0);
}

/** Whether a navigation item is where `pathname` is: itself or a page below it. */
export function isCurrent(href: string, pathname: string): boolean {
  return href === '/' ? pathname === '/' : pathname === href || pathname.startsWith(`${href}/`);
}
