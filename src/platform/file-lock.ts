import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isStillRunning, ownIdentity, type ProcessIdentity, processIdentitySchema } from './process-identity.ts';

/**
 * Takes the lock file for this process; false when a living process has it. A lock left by a dead process, or cut short
 * by a crash of the machine, is taken away. The file appears whole (written aside, then linked), so whoever sees it can
 * read whose it is.
 */
export async function takeFileLock(path: string): Promise<boolean> {
  const aside = `${path}.${process.pid}.${randomUUID()}`;
  await writeFile(aside, JSON.stringify(ownIdentity()));
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    if (await isLeft(path)) await takeAway(path, `${aside}.left`);
    return false;
  } finally {
    await rm(aside, { force: true });
  }
}

export async function releaseFileLock(path: string): Promise<void> {
  await rm(path, { force: true });
}

/** Since it was looked at, it may have been taken away and made anew by another process: then it is put back. */
async function takeAway(path: string, to: string): Promise<void> {
  try {
    await rename(path, to);
    if (!(await isLeft(to))) await link(to, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EEXIST')))
      throw error;
  } finally {
    await rm(to, { force: true });
  }
}

/** Whether nobody has the lock that this file is: its owner is dead, or nobody can be read from it. */
async function isLeft(path: string): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  const owner = ownerIn(text);
  return owner === undefined || isStillRunning(owner) === false;
}

function ownerIn(text: string): ProcessIdentity | undefined {
  try {
    return processIdentitySchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
