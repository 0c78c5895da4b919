import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Callers, startWithCallers } from '#testing/callers.ts';
import { smsAuditCsv } from '#testing/sms-audit.ts';

let callers: Callers;
beforeAll(async () => {
  callers = await startWithCallers();
});
afterAll(() => callers.stop());

const imports = () => callers.services.imports;
const home = () => callers.ids.workspaceId;
const WAIT = { timeout: 30_000, interval: 100 };

async function send(query: Record<string, string>, body: string | Uint8Array<ArrayBuffer>) {
  const answer = await fetch(`${callers.url}/api/admin/imports?${new URLSearchParams(query)}`, {
    method: 'POST',
    headers: { ...callers.person('ADMIN').headers, 'content-type': 'application/octet-stream' },
    body,
  });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

const csv = { mapping: 'sms-audit', fileName: 'SMS_Audit.csv' };

function importIsOver(id: string) {
  return vi.waitFor(async () => {
    const run = await imports().importById(home(), id);
    expect(run.state).not.toBe('running');
    return run;
  }, WAIT);
}

function comparisonIsOver(id: string) {
  return vi.waitFor(async () => {
    const run = await imports().comparison(home(), id);
    expect(run.state).not.toBe('running');
    return run;
  }, WAIT);
}

async function download(path: string): Promise<string> {
  const answer = await fetch(`${callers.url}${path}`, { headers: callers.person('ADMIN').headers });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-disposition')).toContain('attachment; filename="SMS_Audit.csv');
  return answer.text();
}

function uploads(): string[] {
  const folder = join(callers.services.config.dataDir, 'imports');
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** A test waits for up to three jobs, one after the other: each wait says by itself what it found. */
describe('a file that is sent', { timeout: 4 * WAIT.timeout }, () => {
  it('is compared, what is missing imported, and compared again: the incident is mended from the page', async () => {
    const before = await send({ ...csv, kind: 'parity' }, smsAuditCsv());
    expect(before).toEqual({ status: 202, body: { id: expect.any(String) } });
    const { counts, cells } = await comparisonIsOver(before.body.id);
    expect(counts).toMatchObject({ records: 1152, found: 0, missing: 1152 });
    expect(cells.find(({ day }) => day === '2025-09-17')).toMatchObject({ records: 852, missing: 852 });
    expect(
      await imports().items(home(), before.body.id, { kind: 'missing', day: '2025-09-17' }, { limit: 500 }),
    ).toHaveLength(500);
    const named = await download(`/api/admin/parity/${before.body.id}/items`);
    expect(named.split('\r\n').filter((line) => line.startsWith('missing,2025-09-17'))).toHaveLength(852);

    const run = await imports().importMissing(home(), before.body.id, 'test');
    expect((await importIsOver(run.id)).counts).toMatchObject({ stored: 1152, rejected: 0 });
    const after = await send({ ...csv, kind: 'parity' }, smsAuditCsv());
    expect((await comparisonIsOver(after.body.id)).counts).toMatchObject({ records: 1152, found: 1152, missing: 0 });
  });

  it('is tried first, and then imported without being sent again; what it refuses can be had as a file', async () => {
    const head = smsAuditCsv().split('\r\n').slice(0, 4).join('\r\n');
    const file = `${head}\r\nrecNEW,Sent,2024-05-01 10:00,recLead9,,,,9,Hi,,\r\nrecBAD,Queued,2024-05-01,recLead9,,,,10,Hi,,\r\n`;
    const { body } = await send({ ...csv, kind: 'try' }, file);
    const tried = await importIsOver(body.id);
    expect(tried).toMatchObject({
      isDryRun: true,
      state: 'done',
      counts: { records: 5, stored: 1, duplicates: 3, rejected: 1 },
    });
    expect(await download(`/api/admin/imports/${body.id}/rejected`)).toContain('recBAD,Queued');

    const real = await imports().importTried(home(), body.id, 'test');
    const done = await importIsOver(real.id);
    expect(done).toMatchObject({ isDryRun: false, counts: { stored: 1, duplicates: 3, rejected: 1 } });
    expect(await imports().rejected(home(), real.id, -1, 10)).toMatchObject([{ line: 6, code: 'UNKNOWN_WORD' }]);
    await vi.waitFor(() => expect(uploads()).toEqual([]), WAIT);
  });

  it.each([
    ['without the columns of the mapping', 'a,b\n1,2\n', 'Event Time'],
    ['that is empty', ' ', 'file'],
    ['that is not UTF-8', new Uint8Array([0x61, 0xe9, 0x0a]), 'file'],
  ])('%s is refused, and nothing of it kept', async (_, content, path) => {
    const kept = uploads();
    const { status, body } = await send({ ...csv, kind: 'import' }, content);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'INVALID_INPUT' });
    expect(body.issues.map((issue: { path: string }) => issue.path)).toContain(path);
    expect(uploads()).toEqual(kept);
  });

  it('names what is wrong with the request', async () => {
    const wrong = await send({ kind: 'eat', mapping: 'sms-audit' }, 'x');
    expect(wrong.body.issues.map((issue: { path: string }) => issue.path).sort()).toEqual(['fileName', 'kind']);
    expect((await send({ ...csv, kind: 'import', mapping: 'nobody' }, 'x')).status).toBe(404);
  });
});
