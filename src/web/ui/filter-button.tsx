'use client';

import { Button } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import type { ComponentProps, ReactNode } from 'react';
import classes from './filter-button.module.css';

interface FilterButtonProps extends Omit<ComponentProps<typeof Button<'button'>>, 'children' | 'className'> {
  readonly label: string;
  /** What is chosen, in words. */
  readonly chosen: string;
  /** Whether it differs from what is shown without choosing. */
  readonly active: boolean;
  readonly icon?: ReactNode;
}

/** Says what a filter is set to; opens it. */
export function FilterButton({ label, chosen, active, icon, ...others }: FilterButtonProps) {
  return (
    <Button
      {...others}
      variant="default"
      className={classes.button}
      data-chosen={active || undefined}
      leftSection={icon}
      rightSection={<IconChevronDown size={14} aria-hidden />}
    >
      <span className={classes.label}>{label}</span> <span className={classes.value}>{chosen}</span>
    </Button>
  );
}
