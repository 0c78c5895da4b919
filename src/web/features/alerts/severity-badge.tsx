'use client';

import { Badge } from '@mantine/core';
import type { AlertSeverity } from '#domain/alert.ts';

const COLOURS: Readonly<Record<AlertSeverity, string>> = { warning: 'orange', critical: 'red' };
const WORDS: Readonly<Record<AlertSeverity, string>> = { warning: 'Warning', critical: 'Critical' };

export function SeverityBadge({
  severity,
  isOver = false,
}: {
  readonly severity: AlertSeverity;
  readonly isOver?: boolean;
}) {
  return (
    <Badge size="sm" variant="light" color={isOver ? 'gray' : COLOURS[severity]} tt="none" fw={550}>
      {WORDS[severity]}
    </Badge>
  );
}
