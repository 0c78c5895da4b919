'use client';

import { Anchor, Button, Code, Stack } from '@mantine/core';
import { IconPlus, IconTags } from '@tabler/icons-react';
import { AppLink } from '../../ui/app-link.tsx';
import { Nothing } from '../../ui/states.tsx';

/** What a type of one's own is for, and how to come by the first. */
export function NoTypes({ onRegister }: { readonly onRegister: () => void }) {
  return (
    <Nothing
      icon={<IconTags size={26} stroke={1.5} aria-hidden />}
      title="No types of your own yet"
      description={
        <Stack gap="xs">
          <span>
            The built-in types cover texts, campaigns, bookings and conversations. When something else happens to your
            leads, such as a webinar they attend, give it a type: filters and timelines then know it.
          </span>
          <span>
            Choose a name for programs, which they send as <Code>eventType</Code>, and a label, an icon and a colour for
            people. What was sent under that name before and was refused waits in the{' '}
            <Anchor component={AppLink} href="/admin/retry-queue" inherit underline="always">
              retry queue
            </Anchor>
            ; it comes into the book as soon as the type is registered.
          </span>
        </Stack>
      }
    >
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={onRegister}>
        Register the first type
      </Button>
    </Nothing>
  );
}
