'use client';

import { Alert, Button, Group, Stack, Textarea } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconCheck } from '@tabler/icons-react';
import { useState } from 'react';
import type { QuarantineDetail } from '#domain/quarantine.ts';
import { refusalInWords } from '#domain/refusal-words.ts';
import { trpc } from '../../trpc/client.ts';
import { FormError } from '../../ui/form-error.tsx';
import { toastDone } from '../../ui/toast.ts';
import classes from './queue.module.css';
import { useQueueChanged } from './use-queue.ts';

const PAUSE = 350;

interface BodyEditorProps {
  readonly entry: QuarantineDetail;
  readonly onClose: () => void;
}

/** The body as text, judged by the server while it is written. */
export function BodyEditor({ entry, onClose }: BodyEditorProps) {
  const changed = useQueueChanged();
  const [text, setText] = useState(() => formatted(entry.editedBody ?? entry.body));
  const check = trpc.retryQueue.check.useMutation();
  const checkLater = useDebouncedCallback((next: string) => check.mutate({ id: entry.id, text: next }), PAUSE);
  const replay = trpc.retryQueue.replay.useMutation({ onSettled: changed });
  const edit = trpc.retryQueue.edit.useMutation({ onSettled: changed });
  const syntax = syntaxError(text);
  const type = (next: string) => {
    setText(next);
    if (syntaxError(next) === undefined) checkLater(next);
    else checkLater.cancel();
  };
  const save = async (thenReplay: boolean) => {
    await edit.mutateAsync({ id: entry.id, text });
    if (thenReplay) await replay.mutateAsync({ id: entry.id });
    toastDone(thenReplay ? 'The event is in the book' : 'The correction is kept');
    onClose();
  };
  const verdict = syntax === undefined ? check.data : undefined;
  const pending = edit.isPending || replay.isPending;
  return (
    <Stack gap="sm">
      <Textarea
        label="Corrected body"
        description="The body as it came is kept beside it."
        className={classes.editor ?? ''}
        value={text}
        onChange={(event) => type(event.currentTarget.value)}
        error={syntax}
        autosize
        minRows={8}
        maxRows={24}
        spellCheck={false}
      />
      {verdict?.ok && (
        <Alert color="teal" role="status" icon={<IconCheck size={18} aria-hidden />} p="xs">
          Nothing is wrong with it now.
        </Alert>
      )}
      {verdict && !verdict.ok && (
        <Alert color="red" role="status" p="xs" title={refusalInWords(verdict.code)}>
          {verdict.issues.length === 0 && verdict.message}
          {verdict.issues.map(({ path, message }) => (
            <div key={`${path} ${message}`}>
              {path && <b>{path} </b>}
              {message}
            </div>
          ))}
        </Alert>
      )}
      <FormError error={edit.error ?? replay.error} />
      <Group gap="xs" justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          variant="default"
          disabled={syntax !== undefined}
          loading={pending}
          onClick={() => void save(false).catch(() => undefined)}
        >
          Save
        </Button>
        <Button
          disabled={syntax !== undefined}
          loading={pending}
          onClick={() => void save(true).catch(() => undefined)}
        >
          Save and replay
        </Button>
      </Group>
    </Stack>
  );
}

/** Indented, unless that would change a number. */
function formatted(json: string): string {
  return /\d{16}|\d[eE]/.test(json) ? json : JSON.stringify(JSON.parse(json), null, 2);
}

function syntaxError(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `Not valid JSON: ${error instanceof Error ? error.message : 'it cannot be read'}`;
  }
}
