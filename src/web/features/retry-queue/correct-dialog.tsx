'use client';

import { ActionIcon, Alert, Autocomplete, Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconCheck, IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { CATEGORIES } from '#domain/catalogue/index.ts';
import type { MassFilter, ReplayTrial } from '#domain/quarantine.ts';
import { refusalInWords } from '#domain/refusal-words.ts';
import { trpc } from '../../trpc/client.ts';
import { FormError } from '../../ui/form-error.tsx';
import { useTypes } from '../activity/use-types.ts';
import { correctionText, type FieldChange, flawOf } from './correction.ts';
import classes from './queue.module.css';
import { useQueueChanged } from './use-queue.ts';

export interface CorrectTarget {
  readonly filter: MassFilter;
  readonly count: number;
  /** Fields to offer; the first one is begun with. */
  readonly fields: readonly string[];
}

interface CorrectDialogProps {
  readonly target: CorrectTarget | undefined;
  readonly onClose: () => void;
  readonly onBegun: (replayId: string) => void;
}

/** Sets the same fields in many events, tells what would come of it, and replays them. */
export function CorrectDialog({ target, onClose, onBegun }: CorrectDialogProps) {
  return (
    <Modal opened={target !== undefined} onClose={onClose} size="lg" title={target && titleOf(target.count)}>
      {target && <Correct target={target} onClose={onClose} onBegun={onBegun} />}
    </Modal>
  );
}

function titleOf(count: number): string {
  return count === 1 ? 'Correct 1 event' : `Correct ${count.toLocaleString('en')} events alike`;
}

const PAUSE = 350;
/** Lines have to keep their place in React when one before them goes. */
interface Line extends FieldChange {
  readonly key: number;
}

const NOTHING: FieldChange = { path: '', value: '', isTakenAway: false };

function Correct({ target, onClose, onBegun }: CorrectDialogProps & { readonly target: CorrectTarget }) {
  const { filter, count, fields } = target;
  const { types } = useTypes();
  const changed = useQueueChanged();
  const [lines, setLines] = useState<readonly Line[]>([{ ...NOTHING, key: 0, path: fields[0] ?? '' }]);
  const trial = trpc.retryQueue.tryAll.useMutation();
  const replay = trpc.retryQueue.replayAll.useMutation({
    onSuccess: ({ id }) => {
      onBegun(id);
      onClose();
    },
    onSettled: changed,
  });
  const tryLater = useDebouncedCallback((next: string) => trial.mutate({ filter, correction: next }), PAUSE);
  const correction = correctionText(lines);
  const change = (next: readonly Line[]) => {
    setLines(next);
    const text = correctionText(next);
    if (text === undefined) tryLater.cancel();
    else tryLater(text);
  };
  const set = (key: number, values: Partial<FieldChange>) =>
    change(lines.map((line) => (line.key === key ? { ...line, ...values } : line)));
  const offered: Readonly<Record<string, readonly string[]>> = {
    eventCategory: CATEGORIES,
    eventType: types?.map(({ name }) => name) ?? [],
  };
  const verdict = correction !== undefined && trial.variables?.correction === correction ? trial.data : undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // What nobody has tried is not done to many: Enter in a half-written line is none.
        if (correction !== undefined && verdict) replay.mutate({ filter, correction });
      }}
    >
      <Stack gap="sm">
        <Text size="sm">These fields are set in each of them. What came is kept beside it.</Text>
        {lines.map((line, i) => {
          const { key, path, value, isTakenAway } = line;
          return (
            <div key={key} className={classes.change}>
              <Autocomplete
                label="Field"
                data={[...fields]}
                value={path}
                onChange={(next) => set(key, { path: next })}
                maxLength={200}
              />
              <Autocomplete
                label="New value"
                data={[...(offered[path] ?? [])]}
                value={value}
                onChange={(next) => set(key, { value: next })}
                placeholder={isTakenAway ? 'None: the field is taken away' : ''}
                disabled={isTakenAway}
                error={flawOf(line)}
                maxLength={10_000}
                data-autofocus={i === 0 || undefined}
              />
              <ActionIcon
                aria-label={`Leave field ${i + 1} as it is`}
                disabled={lines.length === 1}
                onClick={() => change(lines.filter((line) => line.key !== key))}
              >
                <IconX size={16} aria-hidden />
              </ActionIcon>
              <Checkbox
                size="xs"
                label="Take the field away"
                checked={isTakenAway}
                onChange={(event) => set(key, { isTakenAway: event.currentTarget.checked })}
              />
            </div>
          );
        })}
        <div>
          <Button
            variant="subtle"
            size="compact-sm"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => setLines([...lines, { ...NOTHING, key: Math.max(...lines.map(({ key }) => key)) + 1 }])}
          >
            Another field
          </Button>
        </div>
        {verdict && <Trial trial={verdict} />}
        <FormError
          error={replay.error ?? (correction === undefined ? null : trial.error)}
          labels={{ correction: 'Correction' }}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={verdict === undefined} loading={replay.isPending}>
            {count === 1 ? 'Correct and replay' : `Correct and replay ${count.toLocaleString('en')}`}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const MAX_REFUSALS = 4;

/** What would become of them. */
function Trial({ trial }: { readonly trial: ReplayTrial }) {
  const { matching, tried, accepted, refusals } = trial;
  const all = tried.toLocaleString('en');
  const among = tried < matching ? `the first ${all} of ${matching.toLocaleString('en')}` : all;
  if (tried === 0) return null;
  if (accepted === tried) {
    return (
      <Alert color="teal" role="status" icon={<IconCheck size={18} aria-hidden />} p="xs">
        {tried === 1 ? 'Nothing is wrong with it then.' : `Nothing is wrong then with any of ${among}.`}
      </Alert>
    );
  }
  return (
    <Alert
      color={accepted === 0 ? 'red' : 'orange'}
      role="status"
      p="xs"
      title={`Of ${among}, ${(tried - accepted).toLocaleString('en')} would still be refused`}
    >
      {refusals.slice(0, MAX_REFUSALS).map(({ code, message, issues, events }) => (
        <div key={message}>
          <b>{`${events.toLocaleString('en')} ×`}</b>{' '}
          {issues.length === 0 ? message : `${refusalInWords(code)}: ${issues.map(told).join('; ')}`}
        </div>
      ))}
      {refusals.length > MAX_REFUSALS && `and ${refusals.length - MAX_REFUSALS} other reasons`}
    </Alert>
  );
}

function told({ path, message }: { readonly path: string; readonly message: string }): string {
  return path === '' ? message : `${path} ${message}`;
}
