import { type Crm, createCrm } from '#crm/index.ts';
import type { Receipt } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import { logOne } from '#doors/lead/log-one.ts';
import { bodyOf, type LeadDoorDeps } from '#doors/lead/quarantined.ts';
import { createIngest, createQuarantine } from '#ingest/index.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import { createTypeCatalogue, type TypeCatalogue } from '#platform/db/custom-types.ts';
import { createMonths } from '#platform/db/months.ts';
import { createPrisma } from '#platform/db/prisma.ts';
import type { Wake } from '#platform/db/wake.ts';
import { silentLogger } from '#platform/log.ts';
import { createTestBook, type TestBook } from './book.ts';

/** The lead history door before a book of its own, without a server. */
export interface TestDoor extends LeadDoorDeps {
  readonly book: TestBook;
  readonly types: TypeCatalogue;
  readonly crm: Crm;
  readonly wake: Pick<Wake, 'announce' | 'subscribe'>;
  /** Sends a body as a service does: its receipt, or why it was refused. */
  send(workspaceId: string, body: unknown, idempotencyKey?: string): Promise<Receipt | AppError>;
  /** Everything in quarantine of a workspace, oldest first. */
  quarantined(workspaceId: string): Promise<Record<string, unknown>[]>;
  drop(): Promise<void>;
}

export async function createTestDoor(clock: Clock = systemClock): Promise<TestDoor> {
  const book = await createTestBook();
  const { pool } = book;
  const prisma = createPrisma(pool);
  const listeners = new Set<() => void>();
  const wake: Wake = {
    announce: () => {
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const months = createMonths(pool);
  const log = silentLogger;
  const types = createTypeCatalogue({ prisma, clock });
  const ingest = createIngest({ pool, months, types, wake, clock, log });
  const crm = createCrm({ prisma, months, wake, clock, log });
  const quarantine = createQuarantine({ pool, clock, log, bodyOf });
  return {
    book,
    types,
    crm,
    wake,
    ingest,
    quarantine,
    async send(workspaceId, body, idempotencyKey) {
      try {
        return await logOne({ ingest, quarantine }, body, { workspaceId, userId: undefined, idempotencyKey });
      } catch (error) {
        if (error instanceof AppError) return error;
        throw error;
      }
    },
    async quarantined(workspaceId) {
      const sql = 'SELECT *, body::text AS text FROM quarantine WHERE workspace_id = $1 ORDER BY received_at, id';
      return (await pool.query(sql, [workspaceId])).rows;
    },
    async drop() {
      await prisma.$disconnect();
      await book.drop();
    },
  };
}

let made = 0;

/** The body of an event that nobody sent before. */
export function leadEvent(values: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  made += 1;
  return {
    eventType: 'MESSAGE_SENT',
    eventCategory: 'SMS',
    leadAirtableId: 'recDOOR',
    description: `SMS no ${made}`,
    source: 'test:door',
    ...values,
  };
}
