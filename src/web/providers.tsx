'use client';

import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import type { ReactNode } from 'react';
import { cssVariables, theme } from './theme.ts';
import { StyleNonce } from './ui/style-nonce.tsx';

interface ProvidersProps {
  /** The nonce of the page's content security policy, for the style elements that components add. */
  readonly nonce: string;
  readonly children: ReactNode;
}

/** What every page stands on: theme, notifications, URL state. */
export function Providers({ nonce, children }: ProvidersProps) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <StyleNonce nonce={nonce} />
      <Notifications position="bottom-right" limit={4} autoClose={6000} />
      <NuqsAdapter>{children}</NuqsAdapter>
    </MantineProvider>
  );
}
