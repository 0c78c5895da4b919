'use client';

import { Skeleton, Text } from '@mantine/core';
import type { DeliveryView } from '#domain/alert.ts';
import { useNow } from '../../time/use-now.ts';
import { When } from '../../time/when.tsx';
import { trpc } from '../../trpc/client.ts';
import { errorSentence } from '../../trpc/errors.ts';
import classes from './alerts.module.css';
import { ALERTS_REFRESH } from './alerts-params.ts';

const EVENTS = { opened: 'Opened', reminder: 'Reminder', resolved: 'Resolved' } as const;

/** What was sent of an alert, and what became of it. */
export function Deliveries({ alertId }: { readonly alertId: string }) {
  const { data, error } = trpc.alerts.deliveries.useQuery({ id: alertId }, { refetchInterval: ALERTS_REFRESH });
  if (error && !data) return <Text size="sm">{errorSentence(error)}</Text>;
  if (!data) return <Skeleton height={14} mt="xs" />;
  if (data.length === 0) {
    return (
      <Text size="sm" c="dimmed" mt="xs">
        No channel: it is shown in the app alone.
      </Text>
    );
  }
  return (
    <ul className={classes.deliveries} aria-label="Messages">
      {data.map((delivery) => (
        <li key={delivery.id}>
          <Text size="sm" component="span">
            {`${EVENTS[delivery.event]} to ${delivery.channelName}: `}
            <Fate delivery={delivery} />
          </Text>
        </li>
      ))}
    </ul>
  );
}

const MINUTE = 60_000;

/** Due, or about to be: `just now` would say that it was. */
function isSoon(at: string, now: Date): boolean {
  return Date.parse(at) - now.getTime() < MINUTE;
}

function Fate({ delivery }: { readonly delivery: DeliveryView }) {
  const { state, attempts, nextTryAt, lastError, finishedAt } = delivery;
  const now = useNow();
  if (state === 'sent' && finishedAt) {
    return (
      <>
        {'arrived '}
        <When at={finishedAt} />
        {attempts > 1 && `, after ${attempts} tries`}
      </>
    );
  }
  const reason = lastError === null ? '' : `: ${lastError}`;
  if (state === 'failed') return `given up after ${attempts} tries${reason}`;
  if (attempts === 0 && nextTryAt && new Date(nextTryAt) > now) {
    return (
      <>
        {'held back until the quiet time ends, '}
        <When at={nextTryAt} />
      </>
    );
  }
  if (attempts === 0) return 'about to be sent';
  return (
    <>
      {`not taken ${attempts === 1 ? 'yet' : `${attempts} times`}${reason}`}
      {nextTryAt && (
        <>
          {'. Next try '}
          {isSoon(nextTryAt, now) ? 'within a minute' : <When at={nextTryAt} />}
        </>
      )}
    </>
  );
}
