import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

/** Which process, so that it cannot be mistaken for a later one with the same number. */
export const processIdentitySchema = z.object({
  host: z.string(),
  /** Differs after every start of the machine; '' where the system does not tell. */
  boot: z.string(),
  /** The space in which process numbers count: containers have one each; '' where there is only one. */
  namespace: z.string(),
  pid: z.int().positive(),
  /** When it began, in a form only good for comparing. */
  started: z.string(),
});
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

export function ownIdentity(): ProcessIdentity {
  return { ...ownPlace(), pid: process.pid, started: startOf(process.pid) ?? '' };
}

/**
 * Whether the process of that identity still runs; undefined when it cannot be known from here: it belongs to another
 * machine or another container.
 */
export function isStillRunning({ pid, started, ...place }: ProcessIdentity): boolean | undefined {
  const here = ownPlace();
  if (place.host !== here.host) return undefined;
  if (place.boot !== here.boot) return false;
  if (place.namespace !== here.namespace) return undefined;
  return startOf(pid) === started;
}

function ownPlace(): Pick<ProcessIdentity, 'host' | 'boot' | 'namespace'> {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = attempt(() => readlinkSync('/proc/self/ns/pid'));
  return { host: hostname(), boot: boot ?? '', namespace: namespace ?? '' };
}

/** Undefined for a process that is gone, or dead and not yet collected by its parent. */
function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
    // The second field is the program's name in parentheses and may hold anything; the state follows, field 22 is the start.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields && !'ZX'.includes(fields[0] ?? 'X') ? fields[19] : undefined;
  }
  const { status, stdout } = spawnSync('ps', ['-p', String(pid), '-o', 'lstart='], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
