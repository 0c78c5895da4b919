import { accessSync, chmodSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from './config.ts';

/**
 * Makes the folder for everything this installation keeps, closed to other users; an existing one is left as it is.
 * Made by root it may be passed through but not listed: PostgreSQL refuses to run as root, and the account that runs
 * it has to reach its own, closed folder below.
 * @throws ConfigError naming DATA_DIR when it cannot be made or written.
 */
export function ensureDataDir(dataDir: string): void {
  try {
    const isNew = makeFolder(dataDir);
    if (isNew) chmodSync(dataDir, process.getuid?.() === 0 ? 0o711 : 0o700);
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([{ variable: 'DATA_DIR', given: dataDir, expected: `a folder to write to: ${reason}` }]);
  }
}

/**
 * Makes a folder and those above it that are missing; false when it was there. Node's own `recursive` tries for ever where
 * a file system answers that there is no folder to make it in, and there is: Linux does so in /proc.
 */
function makeFolder(path: string): boolean {
  if (isFolder(path)) return false;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // Another process of this installation starts too.
    if (code === 'EEXIST' && isFolder(path)) return false;
    if (code === 'ENOENT') throw new Error(`no folder can be made in ${above}`, { cause: error });
    throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
