import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { smsAuditCsv } from '#testing/sms-audit.ts';

let test: TestBook;
const folder = mkdtempSync(join(tmpdir(), 'historybook-command-'));
beforeAll(async () => {
  test = await createTestBook();
});
afterAll(async () => {
  await test.drop();
  rmSync(folder, { recursive: true, force: true });
});

function run(command: 'import' | 'parity', ...words: readonly string[]) {
  const path = fileURLToPath(new URL(`./${command}.ts`, import.meta.url));
  const env = { ...process.env, DATABASE_URL: test.url, DATA_DIR: folder, DEMO_DATA: '' };
  const child = spawn(process.execPath, [path, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, said }));
  return { child, ended };
}

function write(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function recordsOf(workspaceId: string): Promise<number> {
  const { rows } = await test.pool.query(
    'SELECT coalesce(sum(records), 0) AS n FROM import_run WHERE workspace_id = $1',
    [workspaceId],
  );
  return Number(rows[0].n);
}

it('is killed with SIGKILL again and again, and brings every record in once', async () => {
  const workspaceId = await test.makeWorkspace('UTC');
  const records = 4_000;
  const lines = Array.from({ length: records }, (_, i) => `r${i},Sent,2025-09-17 08:00,rec${i % 100},Hi ${i}`);
  const file = write('many.csv', `Record ID,Event,Event Time,Lead Record ID,Message\n${lines.join('\n')}\n`);
  const words = [file, '--preset', 'sms-audit', '--workspace', workspaceId, '--batch', '20'];
  for (const point of [1, 700, 1_900, 3_100]) {
    const { child, ended } = run('import', ...words);
    await vi.waitFor(async () => expect(await recordsOf(workspaceId)).toBeGreaterThanOrEqual(point), {
      timeout: 60_000,
      interval: 5,
    });
    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
  }
  const { code, said } = await run('import', ...words, '--json').ended;
  expect({ code, said }).toMatchObject({ code: 0, said: expect.stringContaining('Going on with import') });
  const report = JSON.parse(said.slice(said.indexOf('\n{') + 1));
  expect(report.counts).toMatchObject({ records, stored: records, duplicates: 0, rejected: 0 });
  const { rows } = await test.pool.query(
    `SELECT count(*) AS stored, count(DISTINCT metadata ->> 'airtable_record_id') AS once FROM activity
      WHERE workspace_id = $1`,
    [workspaceId],
  );
  expect(rows).toEqual([{ stored: records, once: records }]);
}, 180_000);

it('ends with what it has to say: for shells, for people and as a file to put right', async () => {
  const workspaceId = await test.makeWorkspace('UTC');
  const here = ['--preset', 'sms-audit', '--workspace', workspaceId];
  const file = write('SMS_Audit.csv', smsAuditCsv());
  const missing = await run('parity', file, ...here, '--show', '1').ended;
  expect(missing).toMatchObject({ code: 2, said: expect.stringContaining('1,152 MISSING') });
  expect(missing.said).toContain('and 1,151 more: --output csv names them all');
  expect((await run('parity', file, ...here, '--import').ended).code).toBe(0);
  expect((await run('parity', file, ...here).ended).code).toBe(0);

  const dirty = write('dirty.csv', 'Record ID,When,Event,Lead Record ID\nd1,2025-09-17,Queued,recA\n');
  const renamed = [dirty, ...here, '--column', 'Event Time=When'];
  expect(await run('import', dirty, ...here).ended).toMatchObject({
    code: 1,
    said: expect.stringContaining('Event Time: is not in the file'),
  });
  expect((await run('import', ...renamed, '--dry-run').ended).code).toBe(2);
  expect((await run('import', ...renamed).ended).code).toBe(2);
  expect(readFileSync(`${dirty}.rejected.csv`, 'utf8')).toContain('d1,2025-09-17,Queued,recA,2,,UNKNOWN_WORD');
  expect(await run('import', ...renamed, '--column', 'Mesage=Text').ended).toMatchObject({
    code: 1,
    said: expect.stringContaining('Mesage: is no column of the mapping sms-audit: did you mean Message?'),
  });
  const twice = await run('import', ...renamed, '--column', 'Event Time=At').ended;
  expect(twice).toMatchObject({ code: 64, said: expect.stringContaining('Event Time is given two names') });
  expect((await run('import', dirty, '--workspace', workspaceId).ended).code).toBe(64);
  expect((await run('import', dirty, '--preset', 'nobody', '--workspace', workspaceId).ended).code).toBe(1);
}, 120_000);
