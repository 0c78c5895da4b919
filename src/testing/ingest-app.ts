import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Services } from '#api/services.ts';
import { loadConfig } from '#platform/config.ts';
import { createLogger } from '#platform/log.ts';
import { createRequestLog } from '#platform/request-log.ts';
import { createApplication } from '#runtime/application.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** The application without its pages on a database of its own, with its first workspace and a key that may do all. */
export interface IngestApp {
  readonly url: string;
  readonly database: TestDatabase;
  readonly services: Services;
  readonly workspaceId: string;
  /** What it logged at warn and above, one line each. */
  readonly logged: readonly string[];
  /** What it logged of requests, one line each. */
  readonly requests: readonly string[];
  /** POSTs a body (an object as JSON, text and bytes as they are) with the key, unless other headers are given. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<IngestAnswer>;
  get(path: string): Promise<IngestAnswer>;
  stop(): Promise<void>;
}

export interface IngestAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly body: any;
}

export const INGEST_KEY = 'hb_internal_key_of_the_ingest_tests';
const JSON_BODY = { 'content-type': 'application/json' };

export async function startIngestApp(more: Readonly<Record<string, string>> = {}): Promise<IngestApp> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'historybook-ingest-'));
  const environment = {
    PORT: '0',
    DATABASE_URL: database.url,
    DATA_DIR: dataDir,
    INTERNAL_API_KEY: INGEST_KEY,
    ...more,
  };
  const logged: string[] = [];
  const log = createLogger({ level: 'warn', destination: { write: (line: string) => void logged.push(line) } });
  const requests: string[] = [];
  const write = (line: string) => void requests.push(line);
  const requestLog = createRequestLog({ level: 'debug', destination: { write } });
  const config = loadConfig(environment);
  const application = createApplication({ config, log, requestLog, root: dataDir, withoutPages: true });
  await application.start();
  const { url } = application;
  const { rows } = await database.pool.query('SELECT id FROM workspace');
  const answer = async (response: Response): Promise<IngestAnswer> => {
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  return {
    url,
    database,
    services: application.container.services,
    workspaceId: rows[0].id,
    logged,
    requests,
    async post(path, body, headers = {}) {
      const bytes = body instanceof Uint8Array ? new Blob([new Uint8Array(body)]) : undefined;
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const init = { method: 'POST', headers: { ...JSON_BODY, 'x-api-key': INGEST_KEY, ...headers } };
      return answer(await fetch(`${url}${path}`, { ...init, body: bytes ?? text }));
    },
    get: async (path) => answer(await fetch(`${url}${path}`, { headers: { 'x-api-key': INGEST_KEY } })),
    async stop() {
      await application.stop();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
