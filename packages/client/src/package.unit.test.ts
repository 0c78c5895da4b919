import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startBridge } from '../testing/bridge.ts';

const run = promisify(execFile);
const HOME = fileURLToPath(new URL('..', import.meta.url));

test('the package that is published holds what belongs to it, and works for a stranger', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'historybook-package-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: HOME });
  const [packed]: { filename: string; files: { path: string }[] }[] = JSON.parse(stdout.slice(stdout.indexOf('[\n')));
  const paths = packed?.files.map(({ path }) => path) ?? [];
  const others = paths.filter((path) => !/^dist\/(spool\/)?[a-z\d-]+\.(js|d\.ts)$/.test(path));
  expect(others.toSorted()).toEqual(['CHANGELOG.md', 'README.md', 'package.json']);
  expect(paths).toContain('dist/index.js');
  expect(paths.some((path) => path.includes('test'))).toBe(false);

  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const archive = `./${packed?.filename ?? ''}`;
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', archive], { cwd: folder });
  const bridge = await startBridge();
  const program = `const { createHistorybook } = require('@historybook/client');
    const client = createHistorybook({ url: '${bridge.url}', apiKey: 'k', source: 's', spoolDir: './spool' });
    client.log({ eventType: 'OPT_OUT', leadAirtableId: 'rec1', description: 'of a stranger' });`;
  await run(process.execPath, ['-e', program], { cwd: folder });
  expect([...bridge.book.values()]).toMatchObject([{ description: 'of a stranger', eventCategory: 'SMS' }]);
}, 120_000);
