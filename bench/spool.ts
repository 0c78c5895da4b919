/**
 * The spool: how fast events are made durable while the database is away, against the bare disk, and how fast they go
 * into the book when it is back, against the rate at which they came.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toSubmission } from '#doors/lead/log-activity.ts';
import { createIngest, createSpool, type Spool } from '#ingest/index.ts';
import { systemClock as clock } from '#platform/clock.ts';
import { createTypeCatalogue } from '#platform/db/custom-types.ts';
import { createMonths } from '#platform/db/months.ts';
import { createPool } from '#platform/db/pool.ts';
import { createPrisma } from '#platform/db/prisma.ts';
import { createLogger } from '#platform/log.ts';
import { type BenchDatabase, startBenchDatabase } from './harness/database.ts';
import { eventBody, PLACE } from './load/events.ts';
import { type BenchRow, median } from './report.ts';

/** What comes in during an outage, in events a second: the drain has to be ten times as fast. */
const ARRIVAL = 500;
const OUTAGE_S = 60;
const PACED_S = 2;
const ROUNDS = 11;
const WRITERS = 500;
const log = createLogger({ level: 'error' });
const nobody = { announce: () => undefined, subscribe: () => () => undefined };
const refuge = { keepRefused: never, keepEntry: never };

export async function measure(say: (line: string) => void): Promise<BenchRow[]> {
  const database = await startBenchDatabase();
  try {
    const acknowledged = await acknowledge(database, say);
    const drained = await drain(database, say);
    return [
      {
        name: 'spool: durable events',
        value: acknowledged.rate,
        unit: 'events/s',
        target: ARRIVAL * 10,
        isMoreBetter: true,
      },
      {
        name: `spool: acknowledgement p99 at ${ARRIVAL}/s`,
        value: acknowledged.p99,
        unit: 'ms',
        limit: { name: 'write + fdatasync, p99', value: acknowledged.bare },
        target: 4,
        isMoreBetter: false,
        notes: acknowledged.rounds,
      },
      {
        name: 'spool: drain',
        value: drained,
        unit: 'events/s',
        limit: { name: 'as they came', value: ARRIVAL },
        target: 10,
        isMoreBetter: true,
        notes: `${OUTAGE_S} s of outage`,
      },
    ];
  } finally {
    await database.stop();
  }
}

async function withSpool<T>(work: (spool: Spool) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'historybook-bench-spool-'));
  const spool = createSpool({ dataDir, clock, log, maxBytes: 2 ** 32, maxAgeMs: 2 ** 40 });
  await spool.start();
  try {
    return await work(spool);
  } finally {
    await spool.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Ingest as a process has it whose database has never answered, or is there. */
function ingestOn(database: BenchDatabase, spool: Spool, outage?: string) {
  const pool = createPool({ url: database.url, applicationName: 'historybook-bench-spool', max: 3 });
  const prisma = createPrisma(pool);
  const types = createTypeCatalogue({ prisma, clock });
  const more = outage === undefined ? {} : { outage };
  const ingest = createIngest({
    pool,
    months: createMonths(pool),
    types,
    wake: nobody,
    clock,
    log,
    refuge: { spool, ...refuge, ...more },
  });
  let made = 0;
  return {
    ingest,
    send: () => {
      made += 1;
      const { airtableId = '' } = database.leads[made % database.leads.length] ?? {};
      const body: unknown = JSON.parse(
        eventBody(airtableId, made).replaceAll(PLACE, String(made).padStart(PLACE.length, '0')),
      );
      return ingest.accept(toSubmission(body, { workspaceId: database.workspaceId, userId: undefined }));
    },
    async end() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

async function acknowledge(database: BenchDatabase, say: (line: string) => void) {
  return withSpool(async (spool) => {
    const { send, end } = ingestOn(database, spool, 'for the benchmark');
    const seconds = 5;
    const until = performance.now() + seconds * 1000;
    let sent = 0;
    const write = async () => {
      for (; performance.now() < until; sent += 1) await send();
    };
    await Promise.all(Array.from({ length: WRITERS }, write));
    const rate = sent / seconds;
    const ours: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      bare.push(await bareDisk(database.dataDir));
      ours.push(quantile(await paced(ARRIVAL, PACED_S, send), 0.99));
    }
    const rounds = `${ours.map((ms) => ms.toFixed(1)).join(', ')} against ${bare.map((ms) => ms.toFixed(1)).join(', ')}`;
    say(`spooled ${Math.round(rate)}/s with ${WRITERS} writers; at ${ARRIVAL}/s p99 ${rounds} ms`);
    await end();
    return { rate, p99: median(ours), bare: median(bare), rounds };
  });
}

/** A minute of outage, brought into the book while events go on coming. */
async function drain(database: BenchDatabase, say: (line: string) => void): Promise<number> {
  return withSpool(async (spool) => {
    const away = ingestOn(database, spool, 'for the benchmark');
    const total = ARRIVAL * OUTAGE_S;
    for (let left = total; left > 0; left -= WRITERS) await Promise.all(Array.from({ length: WRITERS }, away.send));
    await away.end();

    const back = ingestOn(database, spool);
    const startedAt = performance.now();
    await back.ingest.start();
    while (spool.stats().segments > 0) await clock.sleep(20);
    const rate = total / ((performance.now() - startedAt) / 1000);
    say(`drained ${total} events at ${Math.round(rate)}/s`);
    await back.ingest.stop();
    await back.end();
    return rate;
  });
}

/** How long the disk takes for one event, without us: the 99th percentile in milliseconds. */
async function bareDisk(folder: string): Promise<number> {
  const file = await open(join(folder, 'bare'), 'w');
  const bytes = Buffer.from(eventBody('rec00000000000001', 1));
  const times = await paced(ARRIVAL, PACED_S, async () => {
    await file.write(bytes);
    await file.datasync();
  });
  await file.close();
  return quantile(times, 0.99);
}

/** Calls `work` so many times a second, whether or not the last one is done; how long each took, sorted. */
async function paced(rate: number, seconds: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  const all: Promise<void>[] = [];
  const startedAt = performance.now();
  for (let n = 0; n < rate * seconds; n += 1) {
    const wait = startedAt + (n * 1000) / rate - performance.now();
    if (wait > 0) await clock.sleep(wait);
    const sentAt = performance.now();
    all.push(work().then(() => void times.push(performance.now() - sentAt)));
  }
  await Promise.all(all);
  return times.sort((a, b) => a - b);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function never(): Promise<void> {
  throw new Error('the book refused an event of the benchmark');
}
