'use client';

import { Button, Group, Pagination, Text } from '@mantine/core';
import { pageRange } from './page-range.ts';
import classes from './pager.module.css';

interface PagerProps {
  /** The page that was asked for. */
  readonly page: number;
  /** The page that is shown, while the one asked for is on its way. */
  readonly shownPage?: number | undefined;
  readonly limit: number;
  readonly shown: number;
  readonly total: number;
  readonly totalIsCapped?: boolean;
  /** What the rows are, for screen readers: `activities`. */
  readonly what: string;
  readonly onPage: (page: number) => void;
  /** Given when there are rows beyond the last numbered page. */
  readonly onBeyond?: (() => void) | undefined;
}

/** Which rows are shown, and the way to the others. */
export function Pager(props: PagerProps) {
  const { page, shownPage = page, limit, shown, total, totalIsCapped = false, what, onPage, onBeyond } = props;
  const pages = Math.max(1, Math.ceil(total / limit));
  // Where there is nothing at all the page says so itself.
  if (total === 0 && shown === 0) return null;
  return (
    <Group justify="space-between" gap="sm" className={classes.root} component="nav" aria-label={`Pages of ${what}`}>
      <Text size="sm" c="dimmed" className={classes.range}>
        {pageRange(shownPage, limit, shown, total, totalIsCapped)}
      </Text>
      <Group gap="xs">
        {pages > 1 && (
          <Pagination
            total={pages}
            value={Math.min(page, pages)}
            onChange={onPage}
            size="sm"
            siblings={1}
            getItemProps={(item) => ({ 'aria-label': `Page ${item}` })}
            getControlProps={(control) => ({ 'aria-label': control === 'next' ? 'Next page' : 'Previous page' })}
          />
        )}
        {onBeyond && (
          <Button variant="default" size="compact-sm" onClick={onBeyond}>
            Older
          </Button>
        )}
      </Group>
    </Group>
  );
}
