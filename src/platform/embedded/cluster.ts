import { spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { writeDurably } from '../durable-file.ts';
import { type Account, canRun, SERVER_ENVIRONMENT } from './account.ts';
import { type Binaries, EmbeddedPostgresError } from './binaries.ts';
import { type Home, makeFolder, makeOwnFolder } from './home.ts';

/** Superuser of the embedded server, and the name of its database. */
export const SUPERUSER = 'historybook';

/**
 * The folder with the programs, as the account can run them: that of the package, or a copy (60 MB, made once per
 * version) when the account cannot enter the checkout.
 */
export function runnableNative(binaries: Binaries, account: Account | undefined, stateDir: string): string {
  if (canRun(account, binaries.native)) return binaries.native;
  const copy = join(stateDir, `postgresql-${binaries.version}`);
  if (!existsSync(copy)) {
    const draft = `${copy}.${process.pid}`;
    rmSync(draft, { recursive: true, force: true });
    makeFolder(stateDir, 0o755);
    cpSync(binaries.native, draft, { recursive: true, verbatimSymlinks: true });
    openForAll(draft);
    try {
      renameSync(draft, copy);
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      if (!existsSync(copy)) throw error;
    }
  }
  if (canRun(account, copy)) return copy;
  throw new EmbeddedPostgresError(`the programs in ${copy} cannot be run by uid ${account?.uid}`);
}

/** Installed under a strict umask, the package's files are closed to the account. */
function openForAll(path: string): void {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return;
  chmodSync(path, stats.mode | (stats.isDirectory() || stats.mode & 0o100 ? 0o555 : 0o444));
  if (stats.isDirectory()) for (const name of readdirSync(path)) openForAll(join(path, name));
}

export interface InitOptions {
  readonly home: Home;
  readonly native: string;
  readonly account: Account | undefined;
  readonly password: string;
  /** More arguments for initdb. */
  readonly initdbArguments?: readonly string[];
}

/**
 * Makes the cluster unless it is there. It is made aside and moved into place when complete: one that was cut
 * off leaves nothing, and of two processes that make it at once one wins.
 * @throws EmbeddedPostgresError with initdb's own words.
 */
export async function ensureCluster(options: InitOptions, binaries: Binaries): Promise<void> {
  const { home } = options;
  if (existsSync(home.cluster)) return assertSameMajor(home.cluster, binaries);
  removeLeftDrafts(home.folder);
  const draft = join(home.folder, `${DRAFT}${process.pid}`);
  makeOwnFolder(draft, options.account);
  try {
    const passwordFile = join(draft, 'password');
    writeDurably(passwordFile, `${options.password}\n`, 0o600);
    if (options.account) chownSync(passwordFile, options.account.uid, options.account.gid);
    await runInitdb(join(draft, 'data'), passwordFile, options);
    renameSync(join(draft, 'data'), home.cluster);
  } catch (error) {
    if (!existsSync(home.cluster)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

const DRAFT = 'making-';

function removeLeftDrafts(folder: string): void {
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith(DRAFT))) {
    if (!isAlive(Number(name.slice(DRAFT.length)))) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function assertSameMajor(cluster: string, { version }: Binaries): void {
  const found = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  const [major] = version.split('.');
  if (found === major) return;
  const message = `the data in ${cluster} were written by PostgreSQL ${found}, this version brings ${version}`;
  throw new EmbeddedPostgresError(message);
}

/**
 * What counts as a letter comes from the C library (pg_trgm asks it), under a name that differs between systems. Order
 * and case come from PostgreSQL's own C.UTF-8, the same everywhere.
 */
const CTYPES = ['C.UTF-8', 'en_US.UTF-8', 'C'];

async function runInitdb(cluster: string, passwordFile: string, options: InitOptions): Promise<void> {
  let output = '';
  for (const ctype of CTYPES) {
    const args = [
      ['-D', cluster, '-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--no-instructions'],
      ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', `--lc-ctype=${ctype}`],
      options.initdbArguments ?? [],
    ].flat();
    const child = spawn(join(options.native, 'bin', 'initdb'), args, {
      cwd: '/',
      // A session of its own: Ctrl-C during the first start ends us, and the draft is removed next time.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: SERVER_ENVIRONMENT,
      ...options.account,
    });
    const exited = new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const [errors, status] = await Promise.all([text(child.stderr), exited]);
    if (status === 0) return;
    output = errors.trim();
    rmSync(cluster, { recursive: true, force: true });
    if (!output.includes('locale')) break;
  }
  const hint = output.includes('user ID')
    ? ' (PostgreSQL needs a user with a name: add one, or give DATABASE_URL)'
    : '';
  throw new EmbeddedPostgresError(`the embedded database could not be made: ${output}${hint}`);
}
