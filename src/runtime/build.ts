import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { releaseFileLock, takeFileLock } from '#platform/file-lock.ts';

/** What the built pages depend on. */
const SOURCES = ['src/app', 'src/web', 'src/domain', 'public'];
const FILES = ['next.config.mjs', 'postcss.config.mjs', 'package-lock.json', 'tsconfig.json'];

/** How often to look whether another process has finished its build, in milliseconds. */
const BUSY_MS = 500;

/**
 * Builds the pages unless they were built from these very sources. Resolves when they can be served. Of several
 * processes that find them missing at once one builds, the others wait for it.
 * @throws Error with the end of the build's output when it fails
 */
export async function buildWhenNeeded(root: string, onBuild: () => void): Promise<void> {
  const stamp = join(root, '.next', 'historybook-sources');
  const wanted = await hashOfSources(root);
  const isBuilt = async () => (await readFile(stamp, 'utf8').catch(() => '')) === wanted;
  if (await isBuilt()) return;
  onBuild();
  const lock = join(root, '.next-build.lock');
  while (!(await isBuilt())) {
    if (!(await takeFileLock(lock))) {
      await sleep(BUSY_MS);
      continue;
    }
    try {
      // Another process may have finished between the look and the lock.
      if (await isBuilt()) return;
      await runBuild(root);
      await writeFile(stamp, wanted);
    } finally {
      await releaseFileLock(lock);
    }
  }
}

async function hashOfSources(root: string): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of SOURCES) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const path of paths.sort()) {
      hash.update(path.slice(root.length)).update(await readFile(path));
    }
  }
  for (const file of FILES) hash.update(file).update(await readFile(join(root, file)).catch(() => ''));
  return hash.digest('hex');
}

function runBuild(root: string): Promise<void> {
  const next = createRequire(join(root, 'package.json')).resolve('next/dist/bin/next');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [next, 'build', root], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-8000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`building the pages failed:\n${output}`));
    });
  });
}
