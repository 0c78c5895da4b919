'use client';

import { Button } from '@mantine/core';
import { IconFilterOff } from '@tabler/icons-react';
import { refusalInWords } from '#domain/refusal-words.ts';
import { trpc } from '../../trpc/client.ts';
import { FilterSelect } from '../../ui/filter-select.tsx';
import { SearchBox } from '../../ui/search-box.tsx';
import { useTypes } from '../activity/use-types.ts';
import classes from './queue.module.css';
import { isQueueFiltered, NO_QUEUE_FILTERS, type QueueState, SPANS } from './queue-filters.ts';
import type { SetQueueState } from './use-queue.ts';

const SPAN_LABELS = { '1h': 'Last hour', '24h': 'Last 24 hours', '7d': 'Last 7 days', '30d': 'Last 30 days' } as const;

interface QueueToolbarProps {
  readonly state: QueueState;
  readonly setState: SetQueueState;
}

export function QueueToolbar({ state, setState }: QueueToolbarProps) {
  const { data } = trpc.retryQueue.facets.useQuery({ state: state.state });
  const { show } = useTypes();
  const options = (
    facets: readonly { readonly value: string; readonly count: number }[] | undefined,
    label: (value: string) => string,
  ) => (facets ?? []).map(({ value, count }) => ({ value, label: `${label(value)} (${count})` }));
  return (
    <search className={classes.toolbar} aria-label="Retry queue">
      <SearchBox
        label="Search the retry queue"
        placeholder="Search bodies, reasons, sources, ids"
        value={state.q}
        onSearch={(q) => setState({ q: q || null }, { history: 'replace' })}
      />
      <div className={classes.filters}>
        <FilterSelect
          label="Reason"
          options={options(data?.codes, refusalInWords)}
          values={state.code}
          onChange={(code) => setState({ code: code.length > 0 ? code : null })}
          multiple
        />
        <FilterSelect
          label="Type"
          options={options(data?.types, (name) => show(name).label)}
          values={state.type}
          onChange={(type) => setState({ type: type.length > 0 ? type : null })}
          multiple
        />
        <FilterSelect
          label="Source"
          options={options(data?.sources, (source) => source)}
          values={state.source ? [state.source] : []}
          onChange={([source]) => setState({ source: source ?? null })}
        />
        <FilterSelect
          label="Received"
          options={SPANS.map((span) => ({ value: span, label: SPAN_LABELS[span] }))}
          values={state.received ? [state.received] : []}
          onChange={([span]) => setState({ received: SPANS.find((known) => known === span) ?? null })}
        />
        {isQueueFiltered(state) && (
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconFilterOff size={15} aria-hidden />}
            onClick={() => setState(NO_QUEUE_FILTERS)}
          >
            Reset filters
          </Button>
        )}
      </div>
    </search>
  );
}
