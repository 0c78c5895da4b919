/**
 * Ingest over HTTP against what the same database does without us: single events against pgbench, batches against a raw
 * INSERT, and how long an acknowledgement takes at 2,000 events a second, beside pgbench at that rate. The two of a pair
 * are measured in turn; what counts is what was stored in all rounds together, and of the tails the median.
 */
import { type Child, startChild } from './harness/child.ts';
import { type BenchDatabase, startBenchDatabase } from './harness/database.ts';
import type { ServerOptions } from './harness/server.ts';
import { createPgbench, type Pgbench } from './limits/pgbench.ts';
import type { RawInsertOptions, RawInsertResult, RawInsertRun } from './limits/raw-insert.ts';
import type { LoadOptions, LoadResult, LoadRun } from './load/http-load.ts';
import { type BenchRow, mean, median } from './report.ts';

const ROUNDS = 5;
const SECONDS = 8;
/** More rounds where a slow moment of the machine would decide: value and limit are close, or it is the tail that counts. */
const SINGLES = { rounds: 9, seconds: 6 };
const ACKNOWLEDGEMENTS = { rounds: 9, seconds: 6 };
/** Of 16 MB. */
const LOG_SEGMENTS = 120;
const BATCH = 500;
const RAW: RawInsertRun = { connections: 2, batch: BATCH, batches: 160 };

export async function measure(log: (line: string) => void): Promise<BenchRow[]> {
  const database = await startBenchDatabase();
  const children: Child[] = [];
  const start = async (file: string, options: unknown) => {
    const child = await startChild(file, options);
    children.push(child);
    return child;
  };
  try {
    const { url: databaseUrl, dataDir } = database;
    const server = await start('harness/server.ts', { databaseUrl, dataDir } satisfies ServerOptions);
    const { hostname, port } = new URL(await server.ask<string>('url'));
    const leads = database.leads.map(({ airtableId }) => airtableId);
    const load = await start('load/http-load.ts', {
      host: hostname,
      port: Number(port),
      keys: database.keys,
      leads,
    } satisfies LoadOptions);
    const send = async (run: LoadRun) => checked(await load.ask<LoadResult>(run));
    // Until the code is compiled, and the book holds something.
    await send({ connections: 64, batch: 0, seconds: 6 });
    await send({ connections: 4, batch: BATCH, seconds: 20 });
    const pgbench = await createPgbench(database);
    const settle = () => database.pool.query('CHECKPOINT');
    await makeLogSegments(database.pool);
    await settle();
    const rows = [...(await singles(pgbench, send, log)), await batches(database, start, send, log)];
    await settle();
    return [...rows, ...(await acknowledgements(pgbench, send, log))];
  } finally {
    for (const child of children.toReversed()) await child.stop();
    await database.stop();
  }
}

/** As many log segments as `max_wal_size` has room for, to be used again from the next checkpoint on: as in a book at work. */
async function makeLogSegments(pool: BenchDatabase['pool']): Promise<void> {
  for (let made = 0; made < LOG_SEGMENTS; made += 1) {
    await pool.query("SELECT pg_logical_emit_message(false, 'bench', ''), pg_switch_wal()");
  }
}

type Send = (run: LoadRun) => Promise<LoadResult>;

async function singles(pgbench: Pgbench, send: Send, log: (line: string) => void): Promise<BenchRow[]> {
  const limits: number[] = [];
  const values = new Map<number, number[]>([
    [64, []],
    [128, []],
  ]);
  for (let round = 0; round < SINGLES.rounds; round += 1) {
    limits.push(await pgbench.measure(SINGLES.seconds));
    for (const [connections, list] of values) {
      const result = await send({ connections, batch: 0, seconds: SINGLES.seconds });
      list.push(result.events / result.seconds);
      log(`singles, ${connections} connections: ${describe(result)}; pgbench ${limits.at(-1)?.toFixed(0)}/s`);
    }
  }
  return [...values].map(([connections, list]) => ({
    name: `single durable POSTs, ${connections} connections`,
    value: mean(list),
    unit: 'events/s',
    limit: { name: 'pgbench -c 32', value: mean(limits) },
    target: 1,
    aim: 1.5,
    isMoreBetter: true,
    notes: `${list.map(Math.round).join(', ')} against ${limits.map(Math.round).join(', ')}`,
  }));
}

async function batches(
  database: BenchDatabase,
  start: (file: string, options: unknown) => Promise<Child>,
  send: Send,
  log: (line: string) => void,
): Promise<BenchRow> {
  const { url, workspaceId, leads } = database;
  const raw = await start('limits/raw-insert.ts', { url, workspaceId, leads } satisfies RawInsertOptions);
  const limits: number[] = [];
  const values: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const limit = await raw.ask<RawInsertResult>(RAW);
    limits.push(limit.rows / limit.seconds);
    const result = await send({ connections: 4, batch: BATCH, seconds: SECONDS });
    values.push(result.events / result.seconds);
    log(`batches of ${BATCH}: ${describe(result)}; raw ${limits.at(-1)?.toFixed(0)}/s`);
  }
  return {
    name: `batches of ${BATCH} over HTTP`,
    value: mean(values),
    unit: 'events/s',
    limit: { name: 'raw INSERT … unnest', value: mean(limits) },
    target: 0.5,
    aim: 0.6,
    isMoreBetter: true,
    notes: `${values.map(Math.round).join(', ')} against ${limits.map(Math.round).join(', ')}`,
  };
}

const RATE = 2_000;

/** The tail is the machine's as much as ours: so the same rate is asked of pgbench, beside each round. */
async function acknowledgements(pgbench: Pgbench, send: Send, log: (line: string) => void): Promise<BenchRow[]> {
  const values: number[] = [];
  const limits: number[] = [];
  for (let round = 0; round < ACKNOWLEDGEMENTS.rounds; round += 1) {
    limits.push(await pgbench.measureP99(RATE, ACKNOWLEDGEMENTS.seconds));
    const result = await send({ connections: 64, batch: 0, seconds: ACKNOWLEDGEMENTS.seconds, rate: RATE });
    values.push(result.latency.p99);
    log(`acknowledgements at ${RATE}/s: ${describe(result)}; pgbench p99 ${limits.at(-1)?.toFixed(1)} ms`);
  }
  const name = `acknowledgement p99 at ${RATE.toLocaleString('en-US')} events/s`;
  const row = { name, value: median(values), unit: 'ms', isMoreBetter: false };
  const rounds = values.map((value) => value.toFixed(1)).join(', ');
  const limit = { name: `pgbench -c 32 -R ${RATE}, p99`, value: median(limits) };
  return [
    { ...row, target: 15, notes: rounds },
    {
      ...row,
      name: 'the same, beside a bare database',
      limit,
      target: 1.5,
      notes: `${rounds} against ${limits.map((value) => value.toFixed(1)).join(', ')}`,
    },
  ];
}

function describe({ events, seconds, latency, cpuMs }: LoadResult): string {
  const { p50, p99, max } = latency;
  const times = [p50, p99, max].map((value) => value.toFixed(1)).join(' / ');
  return `${(events / seconds).toFixed(0)}/s, p50 / p99 / max ${times} ms (load generator ${((cpuMs * 1000) / events).toFixed(1)} µs/event)`;
}

/** An answer other than "stored" makes the figure worthless. @throws Error */
function checked(result: LoadResult): LoadResult {
  const others = Object.keys(result.statuses).filter((status) => status !== '201' && status !== '207');
  if (others.length > 0) throw new Error(`unexpected answers: ${JSON.stringify(result.statuses)}`);
  return result;
}

if (import.meta.main) {
  const { toMarkdown } = await import('./report.ts');
  console.log(toMarkdown(await measure(console.log)));
}
