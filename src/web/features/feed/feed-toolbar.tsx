'use client';

import { Button, Group, Switch } from '@mantine/core';
import { IconFilterOff } from '@tabler/icons-react';
import { SearchBox } from '../../ui/search-box.tsx';
import { type FeedState, FIRST_PAGE, isFiltered, NO_FILTERS } from './feed-filters.ts';
import classes from './feed-toolbar.module.css';
import { LeadFilter } from './lead-filter.tsx';
import { RangeSelect } from './range-select.tsx';
import { SortSelect } from './sort-select.tsx';
import { SourceFilter } from './source-filter.tsx';
import { CategoryFilter, TypeFilter } from './type-filters.tsx';
import type { SetFeedState } from './use-feed-state.ts';

interface FeedToolbarProps {
  readonly state: FeedState;
  readonly setState: SetFeedState;
}

/** Search, filters, order and the live switch of the activity browser. */
export function FeedToolbar({ state, setState }: FeedToolbarProps) {
  return (
    <search className={classes.root} aria-label="Activities">
      <Group gap="xs" wrap="nowrap">
        <div className={classes.search}>
          <SearchBox
            label="Search activities"
            placeholder="Search messages, names, e-mails, phones, metadata"
            value={state.q}
            onSearch={(q) => setState({ q: q || null, ...FIRST_PAGE }, { history: 'replace' })}
          />
        </div>
        <Switch
          label="Live"
          checked={state.live === 'on'}
          onChange={(event) => setState({ live: event.currentTarget.checked ? null : 'off' }, { history: 'replace' })}
          className={classes.live}
        />
      </Group>
      <div className={classes.filters}>
        <TypeFilter values={state.type} onChange={(type) => setState({ type, ...FIRST_PAGE })} />
        <CategoryFilter values={state.category} onChange={(category) => setState({ category, ...FIRST_PAGE })} />
        <RangeSelect value={state} onChange={(span) => setState({ ...span, ...FIRST_PAGE })} />
        <LeadFilter value={state.lead} onChange={(lead) => setState({ lead, ...FIRST_PAGE })} />
        <SourceFilter value={state.source} onChange={(source) => setState({ source, ...FIRST_PAGE })} />
        <SortSelect
          sort={state.sort}
          order={state.order}
          onChange={(sort, order) => setState({ sort, order, ...FIRST_PAGE })}
        />
        {isFiltered(state) && (
          <Button
            variant="subtle"
            color="gray"
            leftSection={<IconFilterOff size={15} aria-hidden />}
            onClick={() => setState(NO_FILTERS)}
          >
            Reset filters
          </Button>
        )}
      </div>
    </search>
  );
}
