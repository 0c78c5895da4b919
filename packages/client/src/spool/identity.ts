import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Which process, so that it is not mistaken for a later one with the same number. */
export interface Identity {
  readonly host: string;
  /** Differs after every start of the machine; '' where the system does not tell. */
  readonly boot: string;
  /** The space in which process numbers count: containers have one each; '' where there is only one. */
  readonly namespace: string;
  readonly pid: number;
  /** When it began, good only for comparing; '' where the system does not tell. */
  readonly started: string;
}

export function ownIdentity(): Identity {
  return { ...ownPlace(), pid: process.pid, started: startOf(process.pid) ?? '' };
}

/**
 * Whether the process of that identity still runs; undefined when it cannot be known from here: it belongs to another
 * machine or container, or a process with its number runs and the system does not tell when it began.
 */
export function isStillRunning({ pid, started, host, boot, namespace }: Identity): boolean | undefined {
  const here = ownPlace();
  if (host !== here.host) return undefined;
  if (boot !== here.boot) return false;
  if (namespace !== here.namespace) return undefined;
  if (process.platform === 'linux') return startOf(pid) === started;
  return pid === process.pid ? true : isNumberInUse(pid) && undefined;
}

function ownPlace(): Pick<Identity, 'host' | 'boot' | 'namespace'> {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = attempt(() => readlinkSync('/proc/self/ns/pid'));
  return { host: hostname(), boot: boot ?? '', namespace: namespace ?? '' };
}

/** Undefined for a process that is gone, or dead and not yet collected by its parent. */
function startOf(pid: number): string | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The second field is the program's name in parentheses and may hold anything; the state follows, field 22 is the start.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields && !'ZX'.includes(fields[0] ?? 'X') ? fields[19] : undefined;
}

function isNumberInUse(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
