import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What this process has used so far: processor time in microseconds; memory in bytes, after a collection. */
export interface Usage {
  readonly cpuMicros: number;
}

export interface Memory {
  readonly rss: number;
  readonly heap: number;
}

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

export function readUsage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuMicros: user + system };
}

export function readMemory(): Memory {
  collect();
  collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
}
