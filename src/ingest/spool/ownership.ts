import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import type { Clock } from '#platform/clock.ts';
import type { Logger } from '#platform/log.ts';
import {
  isStillRunning,
  ownIdentity,
  type ProcessIdentity,
  processIdentitySchema,
} from '#platform/process-identity.ts';
import { type SpoolFiles, writeNote } from '#platform/spool-files.ts';

/**
 * Each process writes into a folder of its own below DATA_DIR/spool, in which `owner.json` says who it is.
 *
 *   none ──first segment──▶ .name (being made) ──rename──▶ name ──owner dead──▶ renamed into the adopter's folder
 *
 * Renaming is what decides: of several that would adopt a folder, one succeeds. An owner that is of another machine or
 * container cannot be asked whether it lives; it touches `owner.json` every few seconds, and counts as dead after
 * STALE_MS without. Should it live all the same (a machine that was frozen), it notices before it acknowledges anything
 * that its segment is no longer where it was (writer.ts), and goes on in a new folder.
 */
export interface Ownership {
  /** The own folder, made when there is none yet. */
  folder(): Promise<string>;
  /** The own folder was taken away: the next one will be a new one. */
  forget(): void;
  /** Takes over the folders of the dead; gives the paths of the files that came with them. */
  adopt(): Promise<readonly string[]>;
  /** Says "alive". */
  beat(): Promise<void>;
  /** Removes the own folder, or gives it free for adoption when there are segments in it. */
  leave(): Promise<void>;
  /** Tells the files of this process from those of any other. */
  readonly name: string;
}

export interface OwnershipDeps {
  /** DATA_DIR/spool */
  readonly root: string;
  readonly files: SpoolFiles;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  readonly identity?: ProcessIdentity;
  readonly isRunning?: (identity: ProcessIdentity) => boolean | undefined;
}

export const STALE_MS = 60_000;
export const DAMAGED_FOLDER = 'damaged';
const OWNER_NOTE = 'owner.json';
/** Begins the name of a folder whose owner stopped in good order while there were segments in it. */
const LEFT = 'left-';

export function createOwnership(deps: OwnershipDeps): Ownership {
  const { root, files, clock, log, identity = ownIdentity(), isRunning = isStillRunning } = deps;
  const name = `${identity.pid}-${randomBytes(4).toString('hex')}`;
  let generation = 0;
  let own: Promise<string> | undefined;

  const make = async () => {
    generation += 1;
    const folder = generation === 1 ? name : `${name}-${generation}`;
    const unfinished = join(root, `.${folder}`);
    await files.makeFolder(unfinished);
    await writeNote(files, unfinished, OWNER_NOTE, Buffer.from(JSON.stringify(identity)));
    await files.rename(unfinished, join(root, folder));
    await files.syncFolder(root);
    return join(root, folder);
  };

  const folder = () => {
    own ??= make().catch((error: unknown) => {
      own = undefined;
      throw error;
    });
    return own;
  };

  const isDead = async (path: string): Promise<boolean> => {
    const note = join(path, OWNER_NOTE);
    const running = await files.read(note).then(
      (bytes) => isRunning(processIdentitySchema.parse(JSON.parse(bytes.toString()))),
      () => undefined,
    );
    if (running !== undefined) return !running;
    const state = (await files.state(note)) ?? (await files.state(path));
    return state !== undefined && clock.now().getTime() - state.changedAt.getTime() > STALE_MS;
  };

  /** Moves the segments of an adopted folder up into the own one: names tell them apart, and paths stay short. */
  const unpack = async (from: string, to: string): Promise<string[]> => {
    const found: string[] = [];
    for (const entry of await files.list(from)) {
      const path = join(from, entry.name);
      if (entry.isFolder) found.push(...(await unpack(path, to)));
      else if (entry.name === OWNER_NOTE) await files.remove(path);
      else {
        await files.rename(path, join(to, entry.name));
        found.push(join(to, entry.name));
      }
    }
    await files.removeFolder(from);
    return found;
  };

  const adoptOne = async (entry: string): Promise<string[]> => {
    const mine = await folder();
    const taken = join(mine, `adopted-${entry.replace(/^\./, '')}`);
    try {
      await files.rename(join(root, entry), taken);
    } catch (error) {
      log.debug({ err: error, folder: entry }, 'another process adopted this spool first');
      return [];
    }
    const found = await unpack(taken, mine);
    if (found.length > 0) log.info({ from: entry, files: found.length }, 'adopted the spool of a process that is gone');
    return found;
  };

  return {
    name,
    folder,
    forget() {
      own = undefined;
    },
    async adopt() {
      const mine = await own;
      const found: string[] = [];
      for (const entry of await files.list(root)) {
        const path = join(root, entry.name);
        if (!entry.isFolder || entry.name === DAMAGED_FOLDER || path === mine) continue;
        if (entry.name.startsWith(LEFT) || (await isDead(path))) found.push(...(await adoptOne(entry.name)));
      }
      return found;
    },
    async beat() {
      const mine = await own;
      if (mine !== undefined) await files.touch(join(mine, OWNER_NOTE), clock.now());
    },
    async leave() {
      const mine = await own;
      if (mine === undefined) return;
      own = undefined;
      try {
        const entries = await files.list(mine);
        if (entries.some((entry) => entry.name !== OWNER_NOTE)) {
          await files.rename(mine, join(root, `${LEFT}${basename(mine)}`));
        } else if (entries.length > 0) {
          await files.remove(join(mine, OWNER_NOTE));
          await files.removeFolder(mine);
        }
      } catch (error) {
        log.debug({ err: error, folder: mine }, 'the own spool folder could not be tidied up; it will be adopted');
      }
    },
  };
}
