'use client';

import { Button, Code, Text } from '@mantine/core';
import type { SendResult } from '#domain/alert.ts';

interface TestButtonProps {
  readonly name: string;
  readonly loading: boolean;
  readonly onClick: () => void;
}

export function TestButton({ name, loading, onClick }: TestButtonProps) {
  return (
    <Button size="compact-sm" variant="default" loading={loading} onClick={onClick} aria-label={`Test ${name}`}>
      Test
    </Button>
  );
}

/** Exactly what the receiver answered to the test message. */
export function TestResult({ result }: { readonly result: SendResult }) {
  const { ok, status, answer, error, durationMs } = result;
  const head = error === null ? `Answered ${status} after ${durationMs} ms` : `No answer: ${error}`;
  return (
    <div role="status">
      <Text size="sm" c={ok ? 'dimmed' : 'var(--mantine-color-error)'}>
        {ok ? `The test message was taken. ${head}` : head}
      </Text>
      {answer && (
        <Code block fz="xs">
          {answer}
        </Code>
      )}
    </div>
  );
}
