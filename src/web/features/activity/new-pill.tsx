'use client';

import { Button } from '@mantine/core';
import { IconArrowUp } from '@tabler/icons-react';
import classes from './new-pill.module.css';

interface NewPillProps {
  readonly count: number;
  /** More than the count arrived. */
  readonly orMore?: boolean;
  readonly onShow: () => void;
}

/** `3 new`: what arrived while somebody reads, paused or is on another page. Stays in view, covers no row. */
export function NewPill({ count, orMore = false, onShow }: NewPillProps) {
  return (
    <div className={classes.place} aria-live="polite">
      {count > 0 && (
        <Button
          size="compact-md"
          radius="xl"
          className={classes.pill}
          leftSection={<IconArrowUp size={15} aria-hidden />}
          onClick={onShow}
        >
          {`${count.toLocaleString('en')}${orMore ? '+' : ''} new`}
        </Button>
      )}
    </div>
  );
}
