'use client';

import { Progress, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { count } from './import-state.tsx';
import { paceOf, roughly, type Sample, withSample } from './pace.ts';

interface RunProgressProps {
  /** What is shared out, for those who do not see the bar. */
  readonly label: string;
  readonly records: number;
  readonly bytesDone: number;
  readonly bytes: number;
  /** What it says as long as nothing is dealt with. */
  readonly unbegun: string;
}

/** How far an import or a comparison is, how fast it goes, and how long it will still take. */
export function RunProgress({ label, records, bytesDone, bytes, unbegun }: RunProgressProps) {
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  useEffect(() => {
    setSamples((known) => withSample(known, { at: performance.now(), records, bytes: bytesDone }));
  }, [records, bytesDone]);
  const share = bytes === 0 ? 0 : Math.min(100, (bytesDone / bytes) * 100);
  const pace = paceOf(samples, bytes);
  const words = [
    `${Math.floor(share)}%`,
    pace && `${count(Math.round(pace.recordsPerSecond))} records/s`,
    pace && `${roughly(pace.secondsLeft)} left`,
  ];
  return (
    <>
      <Progress value={share} mt={6} size="sm" animated aria-label={label} />
      <Text size="xs" c="dimmed" mt={4}>
        {records === 0 && share < 1 ? unbegun : words.filter((word) => word !== undefined).join(' · ')}
      </Text>
    </>
  );
}
