import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { isStillRunning, ownIdentity, processIdentitySchema } from './process-identity.ts';

/**
 * Takes the lock file for this process; false when a living process has it. A lock left by a dead process is taken away.
 * The file appears whole (written aside, then linked), so whoever sees it can read whose it is.
 */
export async function takeFileLock(path: string): Promise<boolean> {
  const aside = `${path}.${process.pid}.${randomUUID()}`;
  await writeFile(aside, JSON.stringify(ownIdentity()));
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const owner = processIdentitySchema.safeParse(await readJson(path));
    if (owner.success && isStillRunning(owner.data) === false) await rm(path, { force: true });
    return false;
  } finally {
    await rm(aside, { force: true });
  }
}

export async function releaseFileLock(path: string): Promise<void> {
  await rm(path, { force: true });
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => 'null');
  return JSON.parse(text);
}
