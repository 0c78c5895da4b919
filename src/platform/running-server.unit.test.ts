import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { announceServer, findServer, withdrawServer } from './running-server.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'historybook-server-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

it('finds what was announced last, until it is taken back', () => {
  expect(findServer(dataDir)).toBeUndefined();
  announceServer(dataDir, 'http://localhost:3000');
  announceServer(dataDir, 'http://localhost:4000');
  expect(findServer(dataDir)).toEqual({ url: 'http://localhost:4000', pid: process.pid });
  withdrawServer(dataDir);
  expect(findServer(dataDir)).toBeUndefined();
});

it('leaves alone what another server announced, and takes a damaged file for none', () => {
  const path = join(dataDir, 'server.json');
  writeFileSync(path, JSON.stringify({ url: 'http://localhost:5000', pid: process.pid + 1 }));
  withdrawServer(dataDir);
  expect(findServer(dataDir)?.url).toBe('http://localhost:5000');
  writeFileSync(path, '{"url": "htt');
  expect(findServer(dataDir)).toBeUndefined();
});
