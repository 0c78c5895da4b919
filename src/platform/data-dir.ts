import { accessSync, chmodSync, constants, mkdirSync } from 'node:fs';
import { ConfigError } from './config.ts';

/**
 * Makes the folder for everything this installation keeps, closed to other users; an existing one is left as it is.
 * Made by root it may be passed through but not listed: PostgreSQL refuses to run as root, and the account that runs
 * it has to reach its own, closed folder below.
 * @throws ConfigError naming DATA_DIR when it cannot be made or written.
 */
export function ensureDataDir(dataDir: string): void {
  try {
    const isNew = mkdirSync(dataDir, { recursive: true }) !== undefined;
    if (isNew) chmodSync(dataDir, process.getuid?.() === 0 ? 0o711 : 0o700);
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([{ variable: 'DATA_DIR', given: dataDir, expected: `a folder to write to: ${reason}` }]);
  }
}
