import type pg from 'pg';
import { createCrm } from '#crm/index.ts';
import { AppError } from '#domain/errors.ts';
import { toSubmission } from '#doors/lead/log-activity.ts';
import { createIngest } from '#ingest/index.ts';
import type { ImportDeps } from '#ops/import/index.ts';
import { createMappings, type Mappings } from '#ops/import/index.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import { createTypeCatalogue } from '#platform/db/custom-types.ts';
import { applyMigrations } from '#platform/db/migrate.ts';
import { createMonths } from '#platform/db/months.ts';
import { createPool } from '#platform/db/pool.ts';
import { createPrisma } from '#platform/db/prisma.ts';
import { createWake } from '#platform/db/wake.ts';
import { createEmbeddedPostgres } from '#platform/embedded/postgres.ts';
import type { Logger } from '#platform/log.ts';
import { loadSecrets } from '#platform/secrets.ts';

/**
 * The book for work in bulk, beside a server or without one: an ingest of its own, on connections of its own, so that live
 * events never wait behind it for a connection; and without a spool, since its source is a file that can be read again.
 */
export interface Book extends ImportDeps {
  readonly clock: Clock;
  readonly mappings: Mappings;
  close(): Promise<void>;
}

export interface WorkspaceRef {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly timeZone: string;
}

/** One for the flight, one for the leads of the batch, one for its checkpoint, one that holds the lock. */
const CONNECTIONS = 4;

export function openBook(databaseUrl: string, log: Logger): Book {
  const connection = { url: databaseUrl, applicationName: 'historybook-import', log };
  const pool = createPool({ ...connection, max: CONNECTIONS, statementTimeoutMs: 120_000 });
  const prisma = createPrisma(pool);
  const clock = systemClock;
  const wake = createWake({ pool, connection, log });
  const months = createMonths(pool);
  const types = createTypeCatalogue({ prisma, clock });
  const ingest = createIngest({ pool, months, types, wake, clock, log });
  const crm = createCrm({ prisma, months, wake, clock, log });
  return {
    pool,
    clock,
    ingest,
    types,
    crm,
    toSubmission,
    mappings: createMappings(pool, clock),
    async close() {
      await ingest.stop();
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/** The book of this installation: the given database, or the embedded one, started for as long as it is needed. */
export async function openOwnBook(config: Config, log: Logger): Promise<Book> {
  const { databaseUrl, dataDir } = config;
  const embedded =
    databaseUrl === undefined
      ? createEmbeddedPostgres({ dataDir, password: loadSecrets(dataDir).pgPassword, log })
      : undefined;
  await embedded?.start();
  try {
    const url = databaseUrl ?? embedded?.url ?? '';
    await applyMigrations({ url, log });
    const book = openBook(url, log);
    return {
      ...book,
      async close() {
        await book.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

const WORKSPACES_SQL = 'SELECT id, name, slug, time_zone AS "timeZone" FROM workspace ORDER BY is_demo, created_at, id';

/**
 * The workspace of that id or short name; the only one when none is named.
 * @throws AppError NOT_FOUND naming those there are
 */
export async function chooseWorkspace(pool: pg.Pool, wanted: string | undefined): Promise<WorkspaceRef> {
  const { rows } = await pool.query<WorkspaceRef>(WORKSPACES_SQL);
  const names = rows.map(({ slug, name }) => `${slug} (${name})`).join(', ');
  if (rows.length === 0) {
    throw new AppError('NOT_FOUND', { message: 'There is no workspace yet: start the application once (npm start).' });
  }
  if (wanted === undefined) {
    const [only, ...others] = rows;
    if (only && others.length === 0) return only;
    throw new AppError('NOT_FOUND', { message: `Say with --workspace which workspace: ${names}.` });
  }
  const found = rows.find(({ id, slug }) => id === wanted || slug === wanted);
  if (found) return found;
  throw new AppError('NOT_FOUND', { message: `There is no workspace ${JSON.stringify(wanted)}; there are: ${names}.` });
}
