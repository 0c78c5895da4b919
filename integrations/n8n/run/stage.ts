/** Everything a run needs, on this machine: a database server, the bridge, the providers, n8n with the workflows. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { loadConfig } from '#platform/config.ts';
import { removeEmbeddedData, startEmbeddedPostgres } from '#platform/embedded/postgres.ts';
import { createLogger } from '#platform/log.ts';
import { createApplication } from '#runtime/application.ts';
import { findFreePort } from '#testing/app-process.ts';
import { withDatabase } from '#testing/test-server.ts';
import { buildWorkflows } from '../templates/index.ts';
import { DEFAULTS } from '../templates/settings.ts';
import { type AirtableRecord, createWorld, type World } from '../testing/world.ts';
import { type Bridge, openBridge } from './bridge.ts';
import { type N8n, startN8n } from './n8n.ts';
import { openProviders, type Providers } from './providers.ts';
import { twoLogNodes } from './two-log-nodes.ts';

export interface Stage {
  readonly n8n: N8n;
  readonly bridge: Bridge;
  readonly world: World;
  readonly providers: Providers;
  /** The key that n8n has for the bridge. */
  readonly serviceKey: string;
  /** How many activities the book holds for these idempotency keys. */
  countInBook(keys: readonly string[]): Promise<number>;
  /** How many activities it holds in all. */
  countAll(): Promise<number>;
  /** Types of the activities of these keys, in the order of the keys. */
  typesInBook(keys: readonly string[]): Promise<string[]>;
  close(): Promise<void>;
}

const SERVICE_KEY = 'hb_internal_key_of_the_n8n_runs';

/** @param install the folder whose node_modules has n8n */
export async function openStage(install: string): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'historybook-n8n-'));
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const one of closing.toReversed()) await one();
    await removeEmbeddedData(join(folder, 'database'));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const log = createLogger({ level: 'error' });
    const password = randomBytes(12).toString('hex');
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'database'), password, log, port: 0 });
    closing.push(() => postgres.stop());
    const pool = new pg.Pool({ connectionString: postgres.url });
    closing.push(() => pool.end());
    await pool.query('CREATE DATABASE n8n');
    await pool.query('CREATE DATABASE book');
    const book = withDatabase(postgres.url, 'book');

    const settings = { PORT: '0', DATABASE_URL: book, DATA_DIR: join(folder, 'book'), INTERNAL_API_KEY: SERVICE_KEY };
    const app = createApplication({ config: loadConfig(settings), log, root: folder, withoutPages: true });
    await app.start();
    closing.push(() => app.stop());

    const bridge = await openBridge(app.url, await findFreePort());
    closing.push(() => bridge.close());
    const world = createWorld({ bridge: { url: bridge.url, key: SERVICE_KEY } });
    const providers = await openProviders(world, folder);
    closing.push(() => providers.close());

    const shipped = [...buildWorkflows({ HISTORYBOOK_URL: bridge.url }).values()];
    const workflows = [...shipped, twoLogNodes(shipped)];
    const { proxyUrl, certificate } = providers;
    const home = join(folder, 'n8n');
    mkdirSync(home);
    const databaseUrl = withDatabase(postgres.url, 'n8n');
    const given = { install, folder: home, databaseUrl, workflows, serviceKey: SERVICE_KEY, proxyUrl, certificate };
    const n8n = await startN8n(given);
    closing.push(() => n8n.stop());

    const reader = new pg.Pool({ connectionString: book });
    closing.push(() => reader.end());
    const stored = async (keys: readonly string[]) => (await reader.query(STORED_SQL, [keys])).rows;
    return {
      n8n,
      bridge,
      world,
      providers,
      serviceKey: SERVICE_KEY,
      countInBook: async (keys) => (await stored(keys)).length,
      typesInBook: async (keys) => (await stored(keys)).map(({ type }) => String(type)),
      countAll: async () => Number((await reader.query('SELECT count(*) FROM activity')).rows[0].count),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const STORED_SQL = `
  SELECT a.type FROM unnest($1::text[]) WITH ORDINALITY AS asked (key, place)
  JOIN activity_key k ON k.key = 'key:' || asked.key
  JOIN activity a ON a.id = k.activity_id
  ORDER BY asked.place`;

/** The rows of Retry_Queue. */
export function queueRows(world: World): AirtableRecord[] {
  return world.tables.get(DEFAULTS.AIRTABLE_RETRY_QUEUE) ?? [];
}
