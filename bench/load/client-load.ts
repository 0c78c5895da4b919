/** Logs events from a process of its own: through the client library, or by bare fetch, which it is set against. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHistorybook, type HistorybookEvent } from '../../packages/client/src/index.ts';
import { serveParent } from '../harness/child.ts';
import { eventBody } from './events.ts';

export interface ClientLoadOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly leads: readonly string[];
}

export interface ClientLoadRun {
  /** Through the client, with a spool or without; or by fetch alone, in the same batches or one event at a time. */
  readonly way: 'spool' | 'memory' | 'fetch batches' | 'fetch singles';
  readonly seconds: number;
}

export interface ClientLoadResult {
  readonly events: number;
  readonly seconds: number;
  /** Processor time of this process. */
  readonly cpuMs: number;
}

const BATCH = 500;
/** The client is kept busy, and no more: what waits for a server that is slower costs nothing but memory. */
const MOST_QUEUED = 4 * BATCH;

serveParent((options: ClientLoadOptions) => ({ answer: (run: ClientLoadRun) => load(options, run) }));

async function load(options: ClientLoadOptions, { way, seconds }: ClientLoadRun): Promise<ClientLoadResult> {
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const until = start + seconds * 1000;
  const isByFetch = way === 'fetch batches' || way === 'fetch singles';
  const work = isByFetch ? byFetch(options, until, way === 'fetch batches') : byClient(options, until, way === 'spool');
  const events = await work;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { events, seconds: (performance.now() - start) / 1000, cpuMs: (user + system) / 1000 };
}

let made = 0;

function nextEvent({ leads }: ClientLoadOptions): HistorybookEvent {
  made += 1;
  const event: HistorybookEvent = JSON.parse(eventBody(leads[made % leads.length] ?? '', made));
  return { ...event, idempotencyKey: randomUUID() };
}

async function byClient(options: ClientLoadOptions, until: number, hasSpool: boolean): Promise<number> {
  const spoolDir = hasSpool ? mkdtempSync(join(tmpdir(), 'historybook-bench-client-')) : undefined;
  const client = createHistorybook({ ...options, spoolDir, source: 'bench' });
  while (performance.now() < until) {
    await Promise.all(Array.from({ length: BATCH }, () => client.log(nextEvent(options))));
    while (client.stats().queued > MOST_QUEUED) await sleep(20);
  }
  await client.close({ timeoutMs: 60_000 });
  const { acknowledged, logged } = client.stats();
  if (acknowledged !== logged) throw new Error(`of ${logged} events ${acknowledged} were acknowledged`);
  if (spoolDir) rmSync(spoolDir, { recursive: true, force: true });
  return acknowledged;
}

async function byFetch(options: ClientLoadOptions, until: number, inBatches: boolean): Promise<number> {
  const { url, apiKey } = options;
  const headers = { 'content-type': 'application/json', 'x-api-key': apiKey };
  const path = `${url}/api/internal/log-activity${inBatches ? '/batch' : ''}`;
  let sent = 0;
  while (performance.now() < until) {
    const events = Array.from({ length: inBatches ? BATCH : 1 }, () => nextEvent(options));
    const body = JSON.stringify(inBatches ? { events } : events[0]);
    const answer = await fetch(path, { method: 'POST', headers, body });
    const said: { success?: boolean } = await answer.json();
    if (said.success !== true) throw new Error(`answered ${answer.status}: ${JSON.stringify(said).slice(0, 300)}`);
    sent += events.length;
  }
  return sent;
}
