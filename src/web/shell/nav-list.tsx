'use client';

import { NavLink, Stack, Text } from '@mantine/core';
import { IconBook2 } from '@tabler/icons-react';
import { usePathname } from 'next/navigation';
import { WaitingCount } from '../features/retry-queue/waiting-count.tsx';
import { useSession } from '../session/session.tsx';
import { AppLink } from '../ui/app-link.tsx';
import classes from './nav-list.module.css';
import { isCurrent, navigationFor, RETRY_QUEUE } from './navigation.ts';

const ICON = { size: 18, stroke: 1.6, 'aria-hidden': true } as const;

/** The pages that the signed-in person may open. */
export function NavList({ onNavigate }: { readonly onNavigate: () => void }) {
  const { permissions } = useSession();
  const pathname = usePathname();
  return (
    <Stack gap="lg">
      {navigationFor(permissions).map((section) => (
        <div key={section.label}>
          <Text className={classes.section} id={`nav-${section.label}`}>
            {section.label}
          </Text>
          <ul aria-labelledby={`nav-${section.label}`} className={classes.list}>
            {section.items.map((item) => {
              const current = isCurrent(item.href, pathname);
              return (
                <li key={item.href}>
                  <NavLink
                    component={AppLink}
                    href={item.href}
                    label={item.label}
                    leftSection={<item.icon {...ICON} />}
                    rightSection={item.href === RETRY_QUEUE && <WaitingCount />}
                    active={current}
                    aria-current={current ? 'page' : undefined}
                    onClick={onNavigate}
                    className={classes.link}
                  />
                </li>
              );
            })}
            {section.label === 'Administration' && (
              <li>
                <NavLink
                  href="/api/docs"
                  label="API reference"
                  leftSection={<IconBook2 {...ICON} />}
                  className={classes.link}
                />
              </li>
            )}
          </ul>
        </div>
      ))}
    </Stack>
  );
}
