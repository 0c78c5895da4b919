/**
 * Writes the Prisma client out of prisma/schema.prisma, without a network: Prisma would download an engine that is
 * needed neither for this nor at run time (the client talks through `pg`, migrations run in WebAssembly). Told that the
 * engine exists already, it does not look further; any existing file will do.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const prismaFolder = dirname(createRequire(import.meta.url).resolve('prisma/package.json'));

const { status, error, stdout, stderr } = spawnSync(
  process.execPath,
  [join(prismaFolder, 'build', 'index.js'), 'generate', ...process.argv.slice(2)],
  {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: fileURLToPath(import.meta.url),
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  },
);
if (error) throw error;
if (status !== 0) process.stderr.write(`${stdout}${stderr}`);
process.exitCode = status ?? 1;
