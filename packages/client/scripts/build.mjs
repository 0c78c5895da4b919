/** `npm run build`: compiles src to dist with nothing of an earlier build left in it. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const home = fileURLToPath(new URL('..', import.meta.url));
rmSync(`${home}/dist`, { recursive: true, force: true });
process.exitCode = spawnSync('tsc', ['-p', home], { stdio: 'inherit' }).status ?? 1;
