import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { loadTestDatabaseUrl } from '#platform/config.ts';
import { applyMigrations } from '#platform/db/migrate.ts';
import { removeEmbeddedData, startEmbeddedPostgres } from '#platform/embedded/postgres.ts';
import { createLogger } from '#platform/log.ts';
import { type TestServer, withDatabase } from './test-server.ts';

/**
 * One database server for a whole run of the integration tests: that of TEST_DATABASE_URL or DATABASE_URL, else an
 * embedded one of our own that goes away with the run. On it a migrated template, which each suite copies (database.ts).
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await provideServer();
  const testServer = await provideTemplate(server.adminUrl);
  project.provide('testServer', testServer);
  return async () => {
    await dropDatabases(testServer);
    await server.stop();
  };
}

interface ProvidedServer {
  readonly adminUrl: string;
  stop(): Promise<void>;
}

async function provideServer(): Promise<ProvidedServer> {
  const adminUrl = loadTestDatabaseUrl();
  return adminUrl === undefined ? startOwnServer() : { adminUrl, stop: async () => undefined };
}

const FOLDER_PREFIX = 'historybook-test-';

/**
 * Its data are in memory where there is room, and it does not wait for disks: nothing of it outlives the run. Tests of
 * durability start their own server with the usual settings.
 */
const UNSAFE_BUT_FAST = { fsync: 'off', full_page_writes: 'off', shared_buffers: '128MB', max_connections: '200' };

async function startOwnServer(): Promise<ProvidedServer> {
  const parent = roomyFolder();
  await sweep(parent);
  const dataDir = join(parent, `${FOLDER_PREFIX}${process.pid}`);
  const postgres = await startEmbeddedPostgres({
    dataDir,
    password: randomBytes(12).toString('hex'),
    log: createLogger({ level: 'warn' }),
    port: 0,
    settings: UNSAFE_BUT_FAST,
    initdbArguments: ['--no-sync'],
  });
  const stop = async () => {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { adminUrl: postgres.url, stop };
}

const ROOM_BYTES = 2 ** 30;

function roomyFolder(): string {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize >= ROOM_BYTES ? memory : tmpdir();
}

/** Stops and removes what runs that were killed have left behind. */
async function sweep(parent: string): Promise<void> {
  const left = readdirSync(parent).filter((name) => name.startsWith(FOLDER_PREFIX));
  for (const name of left) {
    if (!isAlive(Number(name.slice(FOLDER_PREFIX.length)))) await removeEmbeddedData(join(parent, name));
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function provideTemplate(adminUrl: string): Promise<TestServer> {
  const prefix = `historybook_test_${randomBytes(4).toString('hex')}`;
  const template = `${prefix}_template`;
  await withAdmin(adminUrl, (client) => client.query(`CREATE DATABASE ${template}`));
  await applyMigrations({ url: withDatabase(adminUrl, template) });
  return { adminUrl, template, prefix };
}

const OUR_DATABASES_SQL = "SELECT quote_ident(datname) AS name FROM pg_database WHERE starts_with(datname, $1 || '_')";

async function dropDatabases({ adminUrl, prefix }: TestServer): Promise<void> {
  await withAdmin(adminUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>(OUR_DATABASES_SQL, [prefix]);
    for (const { name } of rows) await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  });
}

async function withAdmin(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
