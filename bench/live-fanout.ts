/**
 * The live stream: how long from a commit to an open feed, what a delivered event costs, what an idle subscriber holds.
 * Server, subscribers and writer are processes of their own.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, startChild } from './harness/child.ts';
import { type BenchDatabase, startBenchDatabase } from './harness/database.ts';
import type { RawBlast, RawQuestion, RawResult } from './live/raw-server.ts';
import type { StreamServerQuestion } from './live/stream-server.ts';
import type { Arrivals, SubscribersOptions, SubscribersQuestion } from './live/subscribers.ts';
import type { Memory, Usage } from './live/usage.ts';
import { type Written, writeSteadily } from './live/writer.ts';
import { type BenchRow, median } from './report.ts';

const SUBSCRIBERS = 500;
const RATE = 500;
const SECONDS = 6;
const ROUNDS = 3;
const IDLE = 2_000;
/** What the live stream itself does under load; the limit does the same, so that writes of equal size are compared. */
const COALESCE_MS = 40;

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
    const server = await start('live/stream-server.ts', { databaseUrl, dataDir });
    const raw = await start('live/raw-server.ts', {});
    const ours = await start('live/subscribers.ts', placeOf(await ask<string>(server, 'url')));
    const theirs = await start('live/subscribers.ts', placeOf(await ask<string>(raw, 'url')));
    const memory = await idleMemory(server, ours, database, log);
    return [...(await fanOut({ database, server, raw, ours, theirs, log })), memory];
  } finally {
    for (const child of children.toReversed()) await child.stop();
    await database.stop();
  }
}

interface Parts {
  readonly database: BenchDatabase;
  readonly server: Child;
  readonly raw: Child;
  readonly ours: Child;
  readonly theirs: Child;
  readonly log: (line: string) => void;
}

async function fanOut({ database, server, raw, ours, theirs, log }: Parts): Promise<BenchRow[]> {
  await tell(ours, streams(SUBSCRIBERS, database));
  await tell(theirs, { open: SUBSCRIBERS, path: '/', headers: [] });
  const p99s: number[] = [];
  const rawP99s: number[] = [];
  const costs: number[] = [];
  const coalesced: number[] = [];
  const single: number[] = [];
  const { frame } = await round(database, server, ours, 2);
  for (let i = 0; i < ROUNDS; i += 1) {
    const { latencies, cpuMicros, deliveries } = await round(database, server, ours, SECONDS);
    p99s.push(quantile(latencies, 0.99));
    costs.push(cpuMicros / deliveries);
    const paced = await blast(raw, theirs, { frame, rate: RATE, seconds: SECONDS, coalesceMs: COALESCE_MS });
    coalesced.push(paced.cost);
    rawP99s.push(quantile(paced.latencies, 0.99));
    single.push((await blast(raw, theirs, { frame, rate: RATE / 5, seconds: SECONDS, coalesceMs: 0 })).cost);
    log(
      `fan-out: ${deliveries} deliveries, p50 / p99 / max ${spread(latencies)} ms, ${costs.at(-1)?.toFixed(3)} µs each; ` +
        `raw ${spread(paced.latencies)} ms, ${paced.cost.toFixed(3)} µs, one by one ${single.at(-1)?.toFixed(2)} µs`,
    );
  }
  await tell(theirs, 'close');
  await tell(ours, 'close');
  const rounds = (values: readonly number[]) => values.map((value) => value.toFixed(2)).join(', ');
  return [
    {
      name: `commit → open feed p99, ${SUBSCRIBERS} subscribers, ${RATE} events/s`,
      value: median(p99s),
      unit: 'ms',
      target: 100,
      isMoreBetter: false,
      notes: `${rounds(p99s)}; from a raw writer's socket to its clients, at the same pace: ${rounds(rawP99s)}`,
    },
    {
      name: 'fan-out CPU per delivered event, everything included',
      value: median(costs),
      unit: 'µs',
      limit: { name: `raw SSE writer, ${COALESCE_MS} ms coalesced`, value: median(coalesced) },
      target: 1.35,
      isMoreBetter: false,
      notes: `${rounds(costs)} against ${rounds(coalesced)}; a raw writer that writes one by one: ${rounds(single)}`,
    },
  ];
}

/** Writes for some seconds to subscribers that are all there; what it cost the server, and when what arrived. */
async function round(database: BenchDatabase, server: Child, ours: Child, seconds: number) {
  await ask<Arrivals>(ours, 'arrivals');
  const before = await ask<Usage>(server, 'usage');
  const written = await writeSteadily({ database, rate: RATE, seconds });
  await tell(ours, { untilAt: written.last });
  const after = await ask<Usage>(server, 'usage');
  const latencies = latenciesOf(await ask<Arrivals>(ours, 'arrivals'), written);
  return {
    frame: `data: {"json":{"feeds":["feed"],"activity":${written.example}}}\n`,
    latencies,
    cpuMicros: after.cpuMicros - before.cpuMicros,
    deliveries: latencies.length,
  };
}

/** What the raw writer needs for a delivery, and how long from its sockets to its clients. */
async function blast(raw: Child, theirs: Child, run: RawBlast) {
  await ask<Arrivals>(theirs, 'arrivals');
  const before = await ask<Usage>(raw, 'usage');
  const { deliveries, first, sentAt } = await ask<RawResult>(raw, { blast: run });
  const after = await ask<Usage>(raw, 'usage');
  await tell(theirs, { untilAt: first + sentAt.length - 1 });
  const committedAt = new Map(sentAt.map((at, index) => [first + index, at]));
  return {
    cost: (after.cpuMicros - before.cpuMicros) / deliveries,
    latencies: latenciesOf(await ask<Arrivals>(theirs, 'arrivals'), { committedAt }),
  };
}

async function idleMemory(
  server: Child,
  ours: Child,
  database: BenchDatabase,
  log: (line: string) => void,
): Promise<BenchRow> {
  // The first ones bring code and buffers into memory that all share.
  await tell(ours, streams(200, database));
  const before = await settledMemory(server);
  await tell(ours, streams(IDLE, database));
  const after = await settledMemory(server);
  await tell(ours, 'close');
  const [rss, heap] = [(after.rss - before.rss) / IDLE / 1024, (after.heap - before.heap) / IDLE / 1024];
  log(`idle subscriber: ${rss.toFixed(1)} KB of the process, ${heap.toFixed(1)} KB of them on the heap`);
  return {
    name: 'memory per idle subscriber',
    value: rss,
    unit: 'KB',
    target: 30,
    isMoreBetter: false,
    notes: `${IDLE} subscribers; ${heap.toFixed(1)} KB on the heap`,
  };
}

/** The least of some readings: pages that were freed go back to the system a little later. */
async function settledMemory(server: Child): Promise<Memory> {
  const readings: Memory[] = [];
  for (let i = 0; i < 5; i += 1) {
    readings.push(await ask<Memory>(server, 'memory'));
    await sleep(400);
  }
  return { rss: Math.min(...readings.map(({ rss }) => rss)), heap: Math.min(...readings.map(({ heap }) => heap)) };
}

function latenciesOf({ after, upTo, at }: Arrivals, { committedAt }: Pick<Written, 'committedAt'>): Float64Array {
  const latencies: number[] = [];
  for (const [index, time] of at.entries()) {
    for (let seq = (after[index] ?? 0) + 1; seq <= (upTo[index] ?? 0); seq += 1) {
      const committed = committedAt.get(seq);
      if (committed !== undefined) latencies.push(Math.max(0, time - committed));
    }
  }
  return Float64Array.from(latencies).sort();
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function spread(latencies: Float64Array): string {
  return [0.5, 0.99, 1].map((share) => quantile(latencies, share).toFixed(1)).join(' / ');
}

function streams(open: number, { keys }: BenchDatabase): SubscribersQuestion {
  return { open, path: '/api/trpc/live.activities', headers: keys.map((key) => ({ 'x-api-key': key })) };
}

function placeOf(url: string): SubscribersOptions {
  const { port } = new URL(url);
  return { host: '127.0.0.1', port: Number(port) };
}

function ask<Answer>(
  child: Child,
  question: StreamServerQuestion | RawQuestion | SubscribersQuestion,
): Promise<Answer> {
  return child.ask<Answer>(question);
}

async function tell(child: Child, question: SubscribersQuestion): Promise<void> {
  await child.ask(question);
}

if (import.meta.main) {
  const { toMarkdown } = await import('./report.ts');
  console.log(toMarkdown(await measure(console.log)));
}
