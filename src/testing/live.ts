import { createServer, type IncomingMessage, type Server } from 'node:http';
import type pg from 'pg';
import { handleStream } from '#api/stream/index.ts';
import type { NewActivity } from '#domain/activity.ts';
import { uuidv7 } from '#domain/ids.ts';
import type { KeyPrincipal, Principal } from '#domain/principal.ts';
import { createLive, type Live, type LiveLimits, type MatchSearch } from '#live/index.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import { appendActivities, type RunSql } from '#platform/db/append.ts';
import { createPool } from '#platform/db/pool.ts';
import { createWake } from '#platform/db/wake.ts';
import { type Logger, silentLogger } from '#platform/log.ts';
import { createQueries } from '#query/index.ts';

export const WORKSPACE = '11111111-1111-4111-8111-111111111111';
export const OTHER_WORKSPACE = '22222222-2222-4222-8222-222222222222';

/** A service key of the workspace that may read everything. */
export function keyOf(workspaceId = WORKSPACE, scopes: KeyPrincipal['scopes'] = ['activity:read']): KeyPrincipal {
  return { kind: 'key', keyId: 'test', name: 'test', workspaceId, scopes };
}

export interface LiveServer {
  readonly live: Live;
  readonly port: number;
  readonly url: string;
  /** Requests for a stream so far. */
  readonly requests: readonly IncomingMessage[];
  /** Breaks every connection as a lost network does; new ones are taken. */
  breakConnections(): void;
  /** Ends it as a process ends: streams closed, nothing left. May be called twice. */
  stop(): Promise<void>;
}

export interface LiveServerOptions {
  readonly databaseUrl: string;
  readonly port?: number;
  readonly limits?: Partial<LiveLimits>;
  readonly matchSearch?: MatchSearch;
  /** Who asks; `x-test-principal` names him. Default: a key of WORKSPACE, for everybody. */
  readonly authenticate?: (headers: Headers) => Principal | null;
  readonly clock?: Clock;
  readonly log?: Logger;
}

/** What a server process does for live streams, and nothing else: its own pool, wake-up, tail, hub and HTTP server. */
export async function startLiveServer(options: LiveServerOptions): Promise<LiveServer> {
  const { databaseUrl: url, clock = systemClock, log = silentLogger } = options;
  const connection = { url, applicationName: 'historybook-test-live', log };
  const pool = createPool({ ...connection, max: 6 });
  const wake = createWake({ pool, connection, log });
  const query = createQueries({ pool });
  const live = createLive({
    pool,
    connection,
    wake,
    clock,
    log,
    matchSearch: options.matchSearch ?? query.matchSearch,
    ...(options.limits && { limits: options.limits }),
  });
  await wake.start();
  await live.start();

  const authenticate = async (headers: Headers) => (options.authenticate ?? (() => keyOf()))(headers);
  const requests: IncomingMessage[] = [];
  const services = { live, log, query, access: { limitRate: () => undefined } };
  const server = createServer((req, res) => {
    requests.push(req);
    // @ts-expect-error: the stream handler needs these services alone
    if (!handleStream(req, res, { services, authenticate })) res.writeHead(404).end();
  });
  const port = await listen(server, options.port ?? 0);

  let stopping: Promise<void> | undefined;
  const stop = async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    await live.stop();
    server.closeAllConnections();
    await closed;
    await wake.stop();
    await pool.end();
  };
  return {
    live,
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    breakConnections: () => server.closeAllConnections(),
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Makes the two workspaces and this month's partition. */
export async function prepareBook(pool: pg.Pool): Promise<void> {
  for (const [id, slug] of [
    [WORKSPACE, 'one'],
    [OTHER_WORKSPACE, 'two'],
  ]) {
    await pool.query('INSERT INTO workspace (id, name, slug) VALUES ($1, $2, $2) ON CONFLICT DO NOTHING', [id, slug]);
  }
  await pool.query('SELECT ensure_activity_month(now())');
}

/** An activity of the workspace, as the pipeline hands it to the book. */
export function newActivity(values: Partial<NewActivity> = {}): NewActivity {
  const now = new Date();
  return {
    id: uuidv7(now.getTime()),
    workspaceId: WORKSPACE,
    door: 'lead',
    type: 'MESSAGE_SENT',
    category: 'SMS',
    occurredAt: now,
    description: 'SMS sent',
    source: 'test:live',
    ...values,
  };
}

/** Puts activities into the book in one transaction and wakes every process, as the pipeline does. */
export async function append(pool: pg.Pool, activities: readonly NewActivity[]): Promise<string[]> {
  const run: RunSql = async (sql, params) => (await pool.query(sql, [...params])).rows;
  await appendActivities(run, activities);
  await pool.query('NOTIFY historybook_activity');
  return activities.map(({ id }) => id);
}
