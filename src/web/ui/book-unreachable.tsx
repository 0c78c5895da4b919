'use client';

import { Button, Title } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useEffect } from 'react';
import { Nothing } from './states.tsx';

const LOOK_MS = 3_000;

interface BookUnreachableProps {
  readonly onRetry: () => void;
}

/** The server is there, its database is not. Looks by itself whether that is over. */
export function BookUnreachable({ onRetry }: BookUnreachableProps) {
  useEffect(() => {
    const look = async () => {
      const answer = await fetch('/readyz', { cache: 'no-store' }).catch(() => undefined);
      if (answer?.ok) onRetry();
    };
    const timer = setInterval(() => void look(), LOOK_MS);
    return () => clearInterval(timer);
  }, [onRetry]);

  return (
    <Nothing
      icon={<IconPlugConnectedX size={26} stroke={1.5} aria-hidden />}
      title={<Title order={1}>The book cannot be reached</Title>}
      description={
        'The database does not answer right now. Events that services send are kept safe meanwhile and appear as ' +
        'soon as it is back; changes made here are refused until then. This page looks again by itself.'
      }
    >
      <Button variant="default" onClick={onRetry}>
        Try again
      </Button>
    </Nothing>
  );
}
