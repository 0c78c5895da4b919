import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import type { Reports } from '../reports.ts';
import { type Destination, destinationIn, isSame } from './destination.ts';
import { type SpoolFiles, writeNew } from './files.ts';
import { type Identity, isStillRunning, ownIdentity } from './identity.ts';

/**
 * Each client writes into a folder of its own below the spool folder, in which `owner.json` says whose it is and where its
 * events are meant to go.
 *
 *   none ──first segment──▶ .name (being made) ──rename──▶ name ──owner dead, or closed──▶ renamed into the adopter's
 *
 * Renaming is the lock: of several that would adopt a folder, one succeeds. An owner that cannot be asked whether it lives
 * touches `owner.json` every few seconds, and counts as dead after STALE_MS without. Should it live all the same, it finds
 * its segment gone before it tells anybody that an event is durable, and goes on in a new folder.
 */
export interface Ownership {
  readonly name: string;
  /** The own folder, made when there is none yet. */
  folder(): Promise<string>;
  /** The own folder was taken away: the next one will be a new one. */
  forget(): void;
  /** Takes over the folders of the dead that were for the same destination; the paths of the files that came with them. */
  adopt(): Promise<readonly string[]>;
  /** Says "alive". */
  beat(): Promise<void>;
  /** Removes the own folder, or gives it free for adoption when there are segments in it. */
  leave(): Promise<void>;
  /** A folder for the last moment, and what has to be in it, without waiting for anything. */
  lastFolder(): { readonly path: string; readonly note: Uint8Array };
}

export interface OwnershipDeps {
  readonly root: string;
  readonly files: SpoolFiles;
  readonly destination: Destination;
  /** Others whose events may be taken over. */
  readonly former: readonly Destination[];
  readonly reports: Reports;
  readonly now: () => number;
  readonly identity?: Identity;
}

export const ASIDE_FOLDER = 'aside';
const STALE_MS = 60_000;
const OWNER_NOTE = 'owner.json';
/** Begins the name of a folder whose owner was closed, or ended, while there were segments in it. */
const LEFT = 'left-';

export function createOwnership(deps: OwnershipDeps): Ownership {
  const { root, files, destination, former, reports, now, identity = ownIdentity() } = deps;
  const name = `${identity.pid}-${randomBytes(4).toString('hex')}`;
  const note = Buffer.from(JSON.stringify({ ...identity, destination }));
  let generation = 0;
  let own: Promise<string> | undefined;

  const make = async () => {
    generation += 1;
    const folder = `${name}-${generation}`;
    await files.makeFolder(join(root, `.${folder}`));
    await writeNew(files, join(root, `.${folder}`, OWNER_NOTE), note);
    await files.rename(join(root, `.${folder}`), join(root, folder));
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

  const noteOf = (path: string): Promise<unknown> =>
    files
      .read(join(path, OWNER_NOTE))
      .then(
        (bytes): unknown => JSON.parse(Buffer.from(bytes).toString()),
        () => undefined,
      )
      .catch(() => undefined);

  const isDead = async (path: string, found: unknown): Promise<boolean> => {
    if (basename(path).startsWith(LEFT)) return true;
    const running = isIdentity(found) ? isStillRunning(found) : undefined;
    if (running !== undefined) return !running;
    const changedAt = (await files.changedAt(join(path, OWNER_NOTE))) ?? (await files.changedAt(path));
    return changedAt !== undefined && now() - changedAt > STALE_MS;
  };

  /** Moves the segments of an adopted folder up into the own one. */
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
    // When another process was faster, the folder is no longer there.
    const isMine = await files.rename(join(root, entry), taken).then(
      () => true,
      () => false,
    );
    return isMine ? unpack(taken, mine) : [];
  };

  const mayTake = async (path: string, found: unknown): Promise<boolean> => {
    const theirs = destinationIn(found);
    if (theirs && [destination, ...former].some((mine) => isSame(mine, theirs))) return true;
    const isEmpty = (await files.list(path)).every((entry) => entry.name === OWNER_NOTE);
    if (isEmpty) return true;
    const whose = theirs ? `${theirs.url}, ${theirs.tenant}` : 'a destination that is not known any more';
    reports.error('SPOOL_FOREIGN', `events for ${whose} wait in ${path}; the option adoptFrom takes them over`);
    return false;
  };

  return {
    name,
    folder,
    forget() {
      own = undefined;
    },
    async adopt() {
      const mine = await own?.catch(() => undefined);
      const adopted: string[] = [];
      for (const entry of await files.list(root)) {
        const path = join(root, entry.name);
        if (!entry.isFolder || entry.name === ASIDE_FOLDER || path === mine) continue;
        const found = await noteOf(path);
        if ((await isDead(path, found)) && (await mayTake(path, found))) adopted.push(...(await adoptOne(entry.name)));
      }
      return adopted;
    },
    async beat() {
      const mine = await own;
      if (mine !== undefined) await files.touch(join(mine, OWNER_NOTE));
    },
    async leave() {
      const mine = await own?.catch(() => undefined);
      if (mine === undefined) return;
      own = undefined;
      const entries = await files.list(mine);
      if (entries.some((entry) => entry.name !== OWNER_NOTE)) {
        await files.rename(mine, join(root, LEFT + basename(mine)));
      } else {
        await files.remove(join(mine, OWNER_NOTE));
        await files.removeFolder(mine);
      }
    },
    lastFolder() {
      generation += 1;
      const path = join(root, `${LEFT}${name}-${generation}`);
      return { path, note };
    },
  };
}

function isIdentity(note: unknown): note is Identity {
  if (typeof note !== 'object' || note === null) return false;
  const fields = new Map<string, unknown>(Object.entries(note));
  const texts = ['host', 'boot', 'namespace', 'started'].map((field) => fields.get(field));
  return texts.every((value) => typeof value === 'string') && Number.isInteger(fields.get('pid'));
}
