'use client';

import { Button, Group, NumberInput, Paper, Skeleton, Stack, Switch, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { trpc } from '../../trpc/client.ts';
import { FormError } from '../../ui/form-error.tsx';
import { LoadError } from '../../ui/states.tsx';
import { toastDone } from '../../ui/toast.ts';
import classes from './workspaces.module.css';

const USUAL_DAYS = 7;
const MOST_DAYS = 365;

/** Whether, and after how many days, somebody is asked about events whose lead is still unknown. */
export function UnknownLeads() {
  const settings = trpc.workspaces.settings.useQuery();
  const { data } = settings;
  return (
    <Paper component="section" withBorder p="md" className={classes.paper} aria-labelledby="unknown-leads">
      <Title order={2} id="unknown-leads">
        Unknown leads
      </Title>
      <Text size="sm" c="dimmed" mt={4} mb="md">
        An event may come before its lead: it is in the book, and joins the lead’s history when that appears. When it
        never does, the retry queue can ask whose it is.
      </Text>
      {settings.isError && !data && (
        <LoadError
          error={settings.error}
          what="the setting"
          onRetry={settings.refetch}
          retrying={settings.isFetching}
        />
      )}
      {!data && !settings.isError && <Skeleton height={80} />}
      {data && <Days key={data.unknownLeadDays ?? 'off'} days={data.unknownLeadDays} />}
    </Paper>
  );
}

function Days({ days }: { readonly days: number | null }) {
  const utils = trpc.useUtils();
  const [on, setOn] = useState(days !== null);
  const [after, setAfter] = useState<number | string>(days ?? USUAL_DAYS);
  const update = trpc.workspaces.update.useMutation({
    onSuccess: () => {
      toastDone('Saved');
      void utils.workspaces.settings.invalidate();
    },
  });
  const isRight = typeof after === 'number' && Number.isInteger(after) && after >= 1 && after <= MOST_DAYS;
  const next = on && isRight ? after : null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        update.mutate({ unknownLeadDays: next });
      }}
    >
      <Stack gap="md">
        <Switch
          label="Ask about events of unknown leads"
          checked={on}
          onChange={(event) => setOn(event.currentTarget.checked)}
        />
        {on && (
          <NumberInput
            label="Days"
            description="So long an event waits for its lead before somebody is asked"
            value={after}
            onChange={setAfter}
            min={1}
            max={MOST_DAYS}
            allowDecimal={false}
            error={isRight ? undefined : `A whole number from 1 to ${MOST_DAYS}`}
            maw={220}
          />
        )}
        <FormError error={update.error} labels={{ unknownLeadDays: 'Days' }} />
        <Group justify="flex-end">
          <Button type="submit" loading={update.isPending} disabled={(on && !isRight) || next === days}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
