'use client';

import { Button, Code, Drawer, Group, Stack, Text } from '@mantine/core';
import type { ParityCell, ParityItem, ParityKind } from '#domain/parity.ts';
import { useWorkspaceTimeZone } from '../../session/session.tsx';
import { fullTime } from '../../time/zoned.ts';
import { trpc } from '../../trpc/client.ts';
import { LoadError } from '../../ui/states.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { useTypes } from '../activity/use-types.ts';

export interface ItemsTarget {
  readonly cell: ParityCell;
  readonly kind: ParityKind;
}

interface ItemsDrawerProps {
  readonly runId: string;
  readonly target: ItemsTarget | undefined;
  readonly onClose: () => void;
}

const PAGE = 50;
const TITLES: Readonly<Record<ParityKind, string>> = {
  missing: 'Missing in the book',
  different: 'Different in the book',
  extra: 'In the book alone',
};

/** The records behind a number of the table, by name. */
export function ItemsDrawer({ runId, target, onClose }: ItemsDrawerProps) {
  const { show } = useTypes();
  const { day, type, source } = target?.cell ?? { day: undefined, type: undefined, source: undefined };
  const query = trpc.parity.items.useInfiniteQuery(
    { id: runId, filter: { kind: target?.kind ?? 'missing', day, type, source }, limit: PAGE },
    {
      enabled: target !== undefined,
      getNextPageParam: (page) => (page.length < PAGE ? undefined : page.at(-1)?.number),
    },
  );
  const items = query.data?.pages.flat();
  return (
    <Drawer
      opened={target !== undefined}
      onClose={onClose}
      position="right"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
      title={target && `${TITLES[target.kind]}: ${show(target.cell.type).label}, ${target.cell.day}`}
    >
      {query.isError && !items && <LoadError error={query.error} what="the records" onRetry={query.refetch} />}
      {!items && !query.isError && <TableSkeleton what="the records" />}
      <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {items?.map((item) => (
          <Item key={item.number} item={item} />
        ))}
      </Stack>
      {query.hasNextPage && (
        <Group justify="center" p="sm">
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            Show more
          </Button>
        </Group>
      )}
    </Drawer>
  );
}

function Item({ item }: { readonly item: ParityItem }) {
  const timeZone = useWorkspaceTimeZone();
  const name = item.key?.replace(/^import:[^:]*:/, '') ?? item.activityId;
  return (
    <li>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="baseline">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {item.description}
        </Text>
        <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          {item.line !== null && `line ${item.line}`}
        </Text>
      </Group>
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {fullTime(new Date(item.occurredAt), timeZone)} · {item.subject} · <Code>{name}</Code>
      </Text>
      {item.differences.map(({ field, inFile, inBook }) => (
        <Text key={field} size="xs">
          {field}: <Code>{inFile || 'nothing'}</Code> in the file, <Code>{inBook || 'nothing'}</Code> in the book
        </Text>
      ))}
    </li>
  );
}
