import { createHash, randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../durable-file.ts';
import type { Logger } from '../log.ts';
import { type Account, canEnter } from './account.ts';
import { EmbeddedPostgresError } from './binaries.ts';
import { findServer, stopServer } from './server-process.ts';

/**
 * Where the embedded database lives.
 *
 *   DATA_DIR/postgres/          usually: data/ (the cluster), server.log
 *   /var/lib/historybook/<x>/   when we are root and the server's account cannot enter DATA_DIR (a checkout in /root, say);
 *                               <x> is made from the path of DATA_DIR
 *
 * Outside, two notes tie the places together: DATA_DIR/postgres-home.json says where the data are, origin.json there says
 * whose they are. So a checkout that moves keeps its data, a copy of it gets its own, and a new
 * checkout where an old one was deleted starts empty; the old data are set aside, never deleted.
 */
export interface Home {
  readonly folder: string;
  /** PostgreSQL's data directory. */
  readonly cluster: string;
  readonly logFile: string;
}

export const STATE_DIR = '/var/lib/historybook';

const NOTE = 'postgres-home.json';
const ORIGIN = 'origin.json';

const noteSchema = z.object({ id: z.string(), home: z.string() });
const originSchema = z.object({ id: z.string(), dataDir: z.string() });

/** The home as it is, without making anything; undefined when this DATA_DIR has no database yet. */
export function findHome(dataDir: string): Home | undefined {
  const inside = homeAt(join(dataDir, 'postgres'));
  if (existsSync(inside.cluster)) return inside;
  const note = readNote(dataDir);
  return note && existsSync(join(note.home, 'data')) ? homeAt(note.home) : undefined;
}

/**
 * The home to use, made when it is missing.
 * @throws EmbeddedPostgresError when the account can reach no place for it.
 */
export async function openHome(
  dataDir: string,
  account: Account | undefined,
  log: Logger,
  stateDir: string = STATE_DIR,
): Promise<Home> {
  const inside = homeAt(join(dataDir, 'postgres'));
  const isNew = !existsSync(inside.folder);
  if (isNew) makeFolder(inside.folder, account ? 0o711 : 0o700);
  if (canEnter(account, inside.folder)) return inside;
  if (existsSync(inside.cluster)) {
    const message = `the data in ${inside.cluster} cannot be reached by their own user (uid ${account?.uid}): open the folders above for passing (chmod a+x)`;
    throw new EmbeddedPostgresError(message);
  }
  if (isNew) rmdirSync(inside.folder);
  const outside = await openOutside(dataDir, stateDir, log);
  if (canEnter(account, outside.folder)) return outside;
  throw new EmbeddedPostgresError(`neither ${dataDir} nor ${stateDir} can be entered by uid ${account?.uid}`);
}

/** The home outside of `dataDir`, by the two notes that tie them together. Made, moved along or begun anew as needed. */
export async function openOutside(dataDir: string, stateDir: string, log: Logger): Promise<Home> {
  const real = realpathSync(dataDir);
  const note = readNote(dataDir);
  const origin = note && readJson(join(note.home, ORIGIN), originSchema);
  if (note && origin?.id === note.id) {
    if (origin.dataDir === real) return homeAt(note.home);
    const isCopy = readNote(origin.dataDir)?.id === note.id;
    if (!isCopy) {
      log.info({ from: origin.dataDir, to: real, home: note.home }, 'the data folder has moved, its database stays');
      writeJson(join(note.home, ORIGIN), { id: note.id, dataDir: real });
      return homeAt(note.home);
    }
  }
  const home = homeAt(join(stateDir, nameFor(real)));
  if (existsSync(home.folder)) await setAside(home, log);
  makeFolder(stateDir, 0o755);
  makeFolder(home.folder, 0o755);
  const id = randomUUID();
  writeJson(join(home.folder, ORIGIN), { id, dataDir: real });
  writeJson(join(dataDir, NOTE), { id, home: home.folder });
  log.info({ home: home.folder }, 'the database user cannot enter the data folder: the database is kept outside');
  return home;
}

/** `projects/crm/.data` → `crm-3f1c…`: recognisable, and different for every path. */
function nameFor(path: string): string {
  const readable = basename(dirname(path)).replaceAll(/[^A-Za-z0-9_-]/g, '') || 'data';
  return `${readable}-${createHash('sha256').update(path).digest('hex').slice(0, 12)}`;
}

/** Data of an installation that was deleted, at the path where a new one begins. */
async function setAside(home: Home, log: Logger): Promise<void> {
  const left = findServer(home.cluster);
  if (left) await stopServer(left.pid, home.cluster);
  const to = `${home.folder}.left-${Date.now()}`;
  renameSync(home.folder, to);
  log.warn({ keptIn: to }, 'an earlier installation at this path left its database: it is set aside');
}

function homeAt(folder: string): Home {
  return { folder, cluster: join(folder, 'data'), logFile: join(folder, 'server.log') };
}

function readNote(dataDir: string): z.infer<typeof noteSchema> | undefined {
  return readJson(join(dataDir, NOTE), noteSchema);
}

function readJson<T>(path: string, schema: z.ZodType<T>): T | undefined {
  return existsSync(path) ? schema.parse(JSON.parse(readFileSync(path, 'utf8'))) : undefined;
}

function writeJson(path: string, value: object): void {
  rmSync(path, { force: true });
  writeDurably(path, `${JSON.stringify(value, null, 2)}\n`, 0o644);
}

/** Makes a folder with exactly this mode, whatever the umask. */
export function makeFolder(path: string, mode: number): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
}

/** Makes a folder that belongs to the account, closed to everybody else. */
export function makeOwnFolder(path: string, account: Account | undefined): void {
  makeFolder(path, 0o700);
  if (account) chownSync(path, account.uid, account.gid);
}
