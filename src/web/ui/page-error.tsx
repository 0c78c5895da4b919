'use client';

import { Button, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { UNREACHABLE_DIGEST } from '../session/unreachable.ts';
import { BookUnreachable } from './book-unreachable.tsx';
import { Nothing } from './states.tsx';

interface PageErrorProps {
  /** Leads to the cause in the server's log. */
  readonly digest: string | undefined;
  readonly onRetry: () => void;
}

/** A page could not be drawn. */
export function PageError({ digest, onRetry }: PageErrorProps) {
  if (digest === UNREACHABLE_DIGEST) return <BookUnreachable onRetry={onRetry} />;
  return (
    <Nothing
      icon={<IconAlertTriangle size={26} stroke={1.5} aria-hidden />}
      title={<Title order={1}>This page cannot be shown right now</Title>}
      description={`Nothing you did is lost. Try again shortly.${digest ? ` Error ${digest}` : ''}`}
    >
      <Button variant="default" onClick={onRetry}>
        Try again
      </Button>
    </Nothing>
  );
}
