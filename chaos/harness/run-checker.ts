import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { CheckReport } from '../checker/report.ts';

const CHECKER = fileURLToPath(new URL('../checker/index.ts', import.meta.url));

/** Runs the checker as the program of its own that it is. @throws Error when it does not come to a judgement */
export async function runChecker(folder: string, url: string): Promise<CheckReport> {
  const args = ['--max-old-space-size=4096', CHECKER, folder, url];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const last = output.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) throw new Error(`the checker could not judge: ${errors || output}`);
  return JSON.parse(last) as CheckReport;
}
