'use client';

import { ActionIcon, Button, CopyButton as MantineCopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';

interface CopyProps {
  readonly value: string;
  /** What is copied, for the tooltip and for screen readers: `execution id`. */
  readonly what: string;
}

const ICON = { size: 14, stroke: 1.75, 'aria-hidden': true } as const;

/** A small icon that copies. */
export function CopyIcon({ value, what }: CopyProps) {
  return (
    <MantineCopyButton value={value} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : `Copy ${what}`}>
          <ActionIcon size="sm" onClick={copy} aria-label={copied ? `Copied ${what}` : `Copy ${what}`}>
            {copied ? <IconCheck {...ICON} /> : <IconCopy {...ICON} />}
          </ActionIcon>
        </Tooltip>
      )}
    </MantineCopyButton>
  );
}

/** A button that says what it copies. */
export function CopyText({ value, what }: CopyProps) {
  return (
    <MantineCopyButton value={value} timeout={1500}>
      {({ copied, copy }) => (
        <Button
          size="compact-sm"
          variant="default"
          onClick={copy}
          leftSection={copied ? <IconCheck {...ICON} /> : <IconCopy {...ICON} />}
        >
          {copied ? 'Copied' : `Copy ${what}`}
        </Button>
      )}
    </MantineCopyButton>
  );
}
