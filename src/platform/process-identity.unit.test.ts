import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { isStillRunning, ownIdentity, processIdentitySchema } from './process-identity.ts';

test('this process runs, and its identity survives being written down', () => {
  const identity = processIdentitySchema.parse(JSON.parse(JSON.stringify(ownIdentity())));
  expect(isStillRunning(identity)).toBe(true);
});

test('another process that has the number by now is not the one', () => {
  expect(isStillRunning({ ...ownIdentity(), started: '1' })).toBe(false);
});

test('a process that has ended does not run, not even before its parent has noticed', async () => {
  const program = fileUrl('./process-identity.ts');
  const script = `import { ownIdentity } from ${JSON.stringify(program)}; console.log(JSON.stringify(ownIdentity()));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  const identity = processIdentitySchema.parse(JSON.parse(String(line)));
  await once(child, 'exit');
  expect(isStillRunning(identity)).toBe(false);
});

test('before the machine was started again is before; of another machine nothing is known', () => {
  expect(isStillRunning({ ...ownIdentity(), boot: 'another' })).toBe(false);
  expect(isStillRunning({ ...ownIdentity(), host: 'another' })).toBeUndefined();
  expect(isStillRunning({ ...ownIdentity(), namespace: 'pid:[1]' })).toBeUndefined();
});

function fileUrl(path: string): string {
  return new URL(path, import.meta.url).href;
}
