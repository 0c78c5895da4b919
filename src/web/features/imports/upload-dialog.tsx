'use client';

import { Alert, Button, Code, FileInput, Group, List, Modal, Progress, Select, Stack, Text } from '@mantine/core';
import { IconFileUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { MAX_UPLOAD } from '#domain/import-run.ts';
import { trpc } from '../../trpc/client.ts';
import { type UploadKind, useUpload } from './use-upload.ts';

interface UploadDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** The ways in which the file can be sent; the first is the usual one. */
  readonly kinds: readonly { readonly kind: UploadKind; readonly label: string }[];
  readonly title: string;
  readonly onSent: (id: string) => void;
}

const LARGEST = `${MAX_UPLOAD / 2 ** 30} GB`;
const ENCODINGS = [
  { value: 'auto', label: 'UTF-8, or UTF-16 by its mark' },
  { value: 'latin1', label: 'Western (Latin-1, Windows-1252)' },
];

/** Chooses a file and how it is to be understood, and sends it. */
export function UploadDialog({ opened, onClose, kinds, title, onSent }: UploadDialogProps) {
  const mappings = trpc.imports.mappings.useQuery(undefined, { enabled: opened });
  const { send, share, problem, forget } = useUpload();
  const [file, setFile] = useState<File | null>(null);
  const [mapping, setMapping] = useState<string | null>('sms-audit');
  const [encoding, setEncoding] = useState('auto');
  const known = mappings.data?.find((one) => one.mapping.name === mapping)?.mapping;
  const isSending = share !== undefined;
  const isTooLarge = file !== null && file.size > MAX_UPLOAD;
  const close = () => {
    forget();
    setFile(null);
    onClose();
  };
  const begin = async (kind: UploadKind) => {
    if (!file || !mapping) return;
    const id = await send({ kind, file, mapping, encoding: encoding === 'auto' ? undefined : encoding });
    if (id === undefined) return;
    close();
    onSent(id);
  };
  return (
    <Modal opened={opened} onClose={close} title={title} size="lg">
      <Stack gap="md">
        <FileInput
          label="File"
          description={`CSV, JSON or NDJSON, up to ${LARGEST}`}
          placeholder="Choose a file"
          leftSection={<IconFileUpload size={16} aria-hidden />}
          accept=".csv,.tsv,.txt,.json,.ndjson,.jsonl"
          value={file}
          onChange={setFile}
          error={isTooLarge && `Larger than ${LARGEST}: split it, or import it by the command on the server`}
          disabled={isSending}
          clearable={!isSending}
          clearButtonProps={{ 'aria-label': 'Choose no file' }}
          required
        />
        <Select
          label="Mapping"
          description={known?.description ?? 'How its columns are to be understood'}
          data={(mappings.data ?? []).map((one) => one.mapping.name)}
          value={mapping}
          onChange={setMapping}
          allowDeselect={false}
          disabled={isSending}
          required
        />
        <Select
          label="Characters"
          data={ENCODINGS}
          value={encoding}
          onChange={(value) => setEncoding(value ?? 'auto')}
          allowDeselect={false}
          disabled={isSending}
        />
        {problem && (
          <Alert color="red" role="alert" title={problem[0]}>
            {problem.length > 1 && (
              <List size="sm">
                {problem.slice(1).map((sentence) => (
                  <List.Item key={sentence}>{sentence}</List.Item>
                ))}
              </List>
            )}
          </Alert>
        )}
        {isSending && (
          <div role="status">
            <Text size="sm" mb={4}>
              {share < 1 ? `Sending: ${Math.floor(share * 100)}%` : 'Sent; the file is being opened'}
            </Text>
            <Progress value={share * 100} animated={share === 1} aria-label="Share sent" />
          </div>
        )}
        <Group justify="space-between" gap="xs">
          <Text size="xs" c="dimmed">
            On the server itself: <Code>npx historybook import</Code>
          </Text>
          <Group gap="xs">
            {kinds.toReversed().map(({ kind, label }, i) => (
              <Button
                key={kind}
                variant={i === kinds.length - 1 ? 'filled' : 'default'}
                disabled={!file || isTooLarge || !mapping || isSending}
                onClick={() => begin(kind)}
              >
                {label}
              </Button>
            ))}
          </Group>
        </Group>
      </Stack>
    </Modal>
  );
}
