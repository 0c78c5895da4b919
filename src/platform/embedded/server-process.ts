import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from '../clock.ts';

/** A live server, as its postmaster.pid tells. */
export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  /** Takes connections; otherwise it is still starting (recovering), or stopping. */
  readonly isReady: boolean;
}

/**
 * The server that runs on this data folder, or undefined. A pid file left behind by a server that is gone does not
 * count, even when its number belongs to another process by now.
 */
export function findServer(cluster: string): RunningServer | undefined {
  const lines = readText(join(cluster, 'postmaster.pid'))?.split('\n');
  if (lines === undefined) return undefined;
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!(pid > 1) || !isServerOf(pid, cluster)) return undefined;
  return { pid, port, isReady: port > 0 && lines[7]?.trim() === 'ready' };
}

/**
 * The process number in a pid file that no server of this folder has, or undefined. It may be that of a live process of
 * ours by now (in a container numbers repeat at every start), and PostgreSQL would then refuse to start.
 */
export function stalePid(cluster: string): number | undefined {
  const pid = Number(readText(join(cluster, 'postmaster.pid'))?.split('\n')[0]);
  return pid > 1 && !isServerOf(pid, cluster) ? pid : undefined;
}

/** Whether the process is a PostgreSQL server on this data folder; false for one that is gone, or a zombie. */
function isServerOf(pid: number, cluster: string): boolean {
  const command = commandOf(pid);
  if (!command?.includes('postgres')) return false;
  return command.includes(cluster) || workingFolderOf(pid) === realpathSync(cluster);
}

function commandOf(pid: number): string | undefined {
  if (process.platform === 'linux') return readText(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ');
  const { status, stdout } = spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}

/** A server works inside its data folder, also after the folder was renamed under it. */
function workingFolderOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** How long a stop may take before it is done the hard way, in milliseconds: the server writes a checkpoint first. */
const FAST_STOP_MS = 60_000;
const IMMEDIATE_STOP_MS = 10_000;

/**
 * Stops the server and waits until it is gone. SIGINT ends sessions and writes everything out; after a minute
 * SIGQUIT drops everything, which costs nothing that was committed, only a recovery at the next start.
 * @throws Error when it is still there after that.
 */
export async function stopServer(pid: number, cluster: string, clock: Clock = systemClock): Promise<void> {
  for (const [signal, patienceMs] of [
    ['SIGINT', FAST_STOP_MS],
    ['SIGQUIT', IMMEDIATE_STOP_MS],
  ] as const) {
    if (!isServerOf(pid, cluster)) return;
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (isServerOf(pid, cluster)) throw error;
      return;
    }
    const deadline = clock.monotonicMs() + patienceMs;
    while (clock.monotonicMs() < deadline) {
      if (!isServerOf(pid, cluster)) return;
      await clock.sleep(20);
    }
  }
  throw new Error(`the database server (process ${pid}) does not stop`);
}
