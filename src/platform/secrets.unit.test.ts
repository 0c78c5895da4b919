import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConfigError } from './config.ts';
import { loadSecrets, readKeptSecrets, SECRETS_FILE } from './secrets.ts';

let parent: string;
let dataDir: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'secrets-'));
  dataDir = join(parent, 'data');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const mode = (path: string) => statSync(path).mode & 0o777;

test('secrets are made once, all different, and found again', () => {
  const first = loadSecrets(dataDir);
  expect(new Set(Object.values(first)).size).toBe(Object.keys(first).length);
  for (const secret of Object.values(first)) expect(secret.length).toBeGreaterThanOrEqual(16);
  expect(loadSecrets(dataDir)).toEqual(first);
});

test('nobody else can read them, whatever the umask', () => {
  const before = process.umask(0);
  try {
    loadSecrets(dataDir);
  } finally {
    process.umask(before);
  }
  expect(mode(join(dataDir, SECRETS_FILE))).toBe(0o600);
  // Root lets the account of the database pass through; nobody may list or write.
  expect(mode(dataDir)).toBe(process.getuid?.() === 0 ? 0o711 : 0o700);
});

test('a file that was opened to others is closed again', () => {
  loadSecrets(dataDir);
  chmodSync(join(dataDir, SECRETS_FILE), 0o644);
  loadSecrets(dataDir);
  expect(mode(join(dataDir, SECRETS_FILE))).toBe(0o600);
});

test('a given secret wins and is not written down', () => {
  const given = { internalApiKey: 'given-by-the-environment' };
  const kept = loadSecrets(dataDir);
  expect(loadSecrets(dataDir, { ...given, adminPassword: undefined })).toEqual({ ...kept, ...given });
  expect(readFileSync(join(dataDir, SECRETS_FILE), 'utf8')).not.toContain(given.internalApiKey);
  expect(loadSecrets(dataDir)).toEqual(kept);
});

test('a secret that an older version did not know is added, the others stay, unknown keys too', () => {
  const { authSecret: _, ...kept } = loadSecrets(dataDir);
  writeFileSync(join(dataDir, SECRETS_FILE), JSON.stringify({ ...kept, ofANewerVersion: 'x' }));
  const secrets = loadSecrets(dataDir);
  expect(secrets).toMatchObject(kept);
  expect(JSON.parse(readFileSync(join(dataDir, SECRETS_FILE), 'utf8'))).toEqual({ ...secrets, ofANewerVersion: 'x' });
});

test('a damaged file is an error and stays as it is', () => {
  loadSecrets(dataDir);
  writeFileSync(join(dataDir, SECRETS_FILE), '{"pgPassword": ');
  expect(() => loadSecrets(dataDir)).toThrow(/secrets\.json is damaged/);
  expect(readFileSync(join(dataDir, SECRETS_FILE), 'utf8')).toBe('{"pgPassword": ');
});

test('reading alone makes nothing', () => {
  expect(readKeptSecrets(dataDir)).toBeUndefined();
  expect(existsSync(dataDir)).toBe(false);
});

test('a data folder that cannot be one is a wrong DATA_DIR', () => {
  writeFileSync(dataDir, 'a file');
  expect(() => loadSecrets(dataDir)).toThrow(ConfigError);
  expect(() => loadSecrets(dataDir)).toThrow(/DATA_DIR: must be a folder to write to/);
});

test('starters at the same moment agree on one set and leave no drafts', async () => {
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(workerData.module).then(({ loadSecrets }) => parentPort.postMessage(loadSecrets(workerData.dataDir)));
  `;
  const module = new URL('./secrets.ts', import.meta.url).href;
  const starters = Array.from({ length: 8 }, () => new Worker(source, { eval: true, workerData: { module, dataDir } }));
  const sets = await Promise.all(
    starters.map((worker) => new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject))),
  );
  expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(1);
  expect(readdirSync(dataDir)).toEqual([SECRETS_FILE]);
});
