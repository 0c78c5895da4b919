import { onTestFinished } from 'vitest';
import type { Receipt } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import { toSubmission } from '#doors/lead/log-activity.ts';
import { bodyOf } from '#doors/lead/quarantined.ts';
import { createIngest, createQuarantine, type Ingest, type Spool } from '#ingest/index.ts';
import type { SpoolOptions } from '#ingest/spool/spool.ts';
import { systemClock } from '#platform/clock.ts';
import { createTypeCatalogue } from '#platform/db/custom-types.ts';
import { createMonths } from '#platform/db/months.ts';
import { createPool } from '#platform/db/pool.ts';
import { createPrisma } from '#platform/db/prisma.ts';
import { silentLogger } from '#platform/log.ts';
import type { Service } from '#platform/service.ts';
import type { TestBook } from './book.ts';
import { createGate, type Gate } from './gate.ts';
import { leadEvent } from './lead-door.ts';
import { spoolDataDir, startSpool } from './spool.ts';

/** Ingest as one process has it, with a gate before its database, and a spool. */
export interface IngestProcess {
  readonly gate: Gate;
  readonly dataDir: string;
  readonly spool: Spool & Service;
  readonly ingest: Ingest & Service;
  /** Sends a body as a service does: its receipt, or why it was refused. */
  send(values?: Readonly<Record<string, unknown>>, idempotencyKey?: string): Promise<Receipt | AppError>;
  /** Resolves once everything in the spool is in the book or in quarantine. */
  drained(): Promise<void>;
  /** How often it told readers that there is something new. */
  readonly announced: number;
}

export interface IngestProcessOptions extends Partial<SpoolOptions> {
  /** Whose gate; one of its own when not given. */
  readonly gate?: Gate;
  readonly queryTimeoutMs?: number;
}

export async function startIngestProcess(
  book: TestBook,
  workspaceId: string,
  options: IngestProcessOptions = {},
): Promise<IngestProcess> {
  const gate = options.gate ?? (await createGate(book.url));
  const dataDir = options.dataDir ?? spoolDataDir();
  const spool = await startSpool({ ...options, dataDir });
  const limits = { queryTimeoutMs: options.queryTimeoutMs ?? 8_000, connectTimeoutMs: 1_000 };
  const pool = createPool({ url: gate.url, applicationName: 'historybook-test-ingest', max: 3, ...limits });
  const prisma = createPrisma(pool);
  const [clock, log] = [systemClock, options.log ?? silentLogger];
  let announced = 0;
  const wake = {
    announce: () => {
      announced += 1;
    },
    subscribe: () => () => undefined,
  };
  const quarantine = createQuarantine({ pool, clock, log, spool, bodyOf });
  const ingest = createIngest({
    pool,
    months: createMonths(pool),
    types: createTypeCatalogue({ prisma, clock }),
    wake,
    clock,
    log,
    refuge: { spool, ...quarantine },
  });
  await ingest.start();
  onTestFinished(async () => {
    await ingest.stop();
    await prisma.$disconnect();
    await pool.end();
    if (!options.gate) await gate.close();
  });
  return {
    gate,
    dataDir,
    spool,
    ingest,
    get announced() {
      return announced;
    },
    async send(values = {}, idempotencyKey) {
      try {
        return await ingest.accept(toSubmission(leadEvent(values), { workspaceId, userId: undefined, idempotencyKey }));
      } catch (error) {
        if (error instanceof AppError) return error;
        throw error;
      }
    },
    async drained() {
      while (spool.stats().segments > 0 || ingest.fallback()?.outage) await systemClock.sleep(10);
    },
  };
}

/** What is in the book, in the order of the book. */
export async function rowsOf(book: TestBook, workspaceId: string): Promise<StoredRow[]> {
  const sql = `SELECT id, description, type, occurred_at AS "occurredAt", recorded_at AS "recordedAt"
    FROM activity WHERE workspace_id = $1 ORDER BY seq`;
  return (await book.pool.query<StoredRow>(sql, [workspaceId])).rows;
}

export interface StoredRow {
  readonly id: string;
  readonly description: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
}

/** What is in quarantine, in the order in which it came there. */
export async function quarantinedIn(book: TestBook, workspaceId: string): Promise<{ code: string; body: object }[]> {
  const sql = 'SELECT code, body FROM quarantine WHERE workspace_id = $1 ORDER BY received_at';
  return (await book.pool.query<{ code: string; body: object }>(sql, [workspaceId])).rows;
}

/** The answer of an event that must have been taken. */
export function receiptOf(answer: Receipt | AppError): Receipt {
  if (answer instanceof AppError) throw answer;
  return answer;
}
