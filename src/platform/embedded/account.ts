import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './binaries.ts';

/** Whom the server runs as; PostgreSQL refuses to run as root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The whole environment of PostgreSQL's programs: nothing of ours (PGPORT, PGDATA, LC_ALL) may reach them. NODE_ENV means
 * nothing to them; the type of an environment asks for it.
 */
export const SERVER_ENVIRONMENT: NodeJS.ProcessEnv = { PATH: '/usr/bin:/bin', TZ: 'UTC', NODE_ENV: 'production' };

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The account for the server: undefined means ourselves. For root: the owner of the data when there are some, else the
 * account that PostgreSQL servers usually have, else one made for it.
 * @throws EmbeddedPostgresError when root finds none and cannot make one.
 */
export function chooseAccount(existingData: string | undefined): Account | undefined {
  if (!isRoot()) return undefined;
  const owner = existingData === undefined ? undefined : statSync(existingData);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const account = ['postgres', '_postgres', MADE_ACCOUNT].map(lookUp).find((found) => found !== undefined);
  return account ?? makeAccount();
}

const MADE_ACCOUNT = 'historybook';

function lookUp(name: string): Account | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => {
    const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
    return status === 0 ? Number(stdout.trim()) : undefined;
  });
  return uid && gid !== undefined ? { uid, gid } : undefined;
}

function makeAccount(): Account {
  const shell = '/usr/sbin/nologin';
  spawnSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', shell, MADE_ACCOUNT]);
  const account = lookUp(MADE_ACCOUNT);
  if (account !== undefined) return account;
  throw new EmbeddedPostgresError(
    'PostgreSQL does not run as root, and no account could be made for it: run as another user, make a user ' +
      `"${MADE_ACCOUNT}", or give a server in DATABASE_URL`,
  );
}

/** Whether the account can go into the folder, tried as that account: modes of all parents, ACLs and mounts count. */
export function canEnter(account: Account | undefined, folder: string): boolean {
  const script = 'cd -- "$1"';
  return spawnSync('/bin/sh', ['-c', script, 'sh', folder], { cwd: '/', stdio: 'ignore', ...account }).status === 0;
}

/** Whether the account can run the server's program, its libraries included. */
export function canRun(account: Account | undefined, native: string): boolean {
  const program = join(native, 'bin', 'postgres');
  return spawnSync(program, ['--version'], { cwd: '/', stdio: 'ignore', ...account }).status === 0;
}
