/** The load generator: a process of its own that costs as little processor time as it can. */
import { serveParent } from '../harness/child.ts';
import { type Connection, openConnection } from './connection.ts';
import { buildRequest, type Request } from './request.ts';

export interface LoadOptions {
  readonly host: string;
  readonly port: number;
  readonly keys: readonly string[];
  readonly leads: readonly string[];
}

export interface LoadRun {
  readonly connections: number;
  /** 0 for single events, else the size of a batch. */
  readonly batch: number;
  readonly seconds: number;
  /** Events per second to send, whatever comes back (open loop); undefined: each connection as fast as it is answered. */
  readonly rate?: number;
}

export interface LoadResult {
  readonly events: number;
  readonly seconds: number;
  readonly statuses: Readonly<Record<number, number>>;
  /** Milliseconds; in an open loop from the moment a request was due. */
  readonly latency: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly cpuMs: number;
}

let nextNumber = 1;
serveParent((options: LoadOptions) => ({ answer: (run: LoadRun) => load(options, run) }));

async function load(options: LoadOptions, { connections, batch, seconds, rate }: LoadRun): Promise<LoadResult> {
  const lanes = await Promise.all(Array.from({ length: connections }, (_, i) => openLane(options, i, batch)));
  const latencies: number[] = [];
  const statuses: Record<number, number> = {};
  const start = performance.now();
  const end = start + seconds * 1000;
  const cpuBefore = process.cpuUsage();
  let events = 0;

  const send = async ({ connection, request }: Lane, due: number) => {
    request.number(nextNumber);
    nextNumber += request.events;
    const { status } = await connection.send(request.bytes);
    latencies.push(performance.now() - due);
    statuses[status] = (statuses[status] ?? 0) + 1;
    events += request.events;
  };
  const closedLoop = async (lane: Lane) => {
    while (performance.now() < end) await send(lane, performance.now());
  };
  await (rate === undefined ? Promise.all(lanes.map(closedLoop)) : openLoop(lanes, send, { start, end, rate }));

  const { user, system } = process.cpuUsage(cpuBefore);
  const elapsed = (performance.now() - start) / 1000;
  for (const { connection } of lanes) connection.close();
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  const latency = { p50: at(0.5), p99: at(0.99), max: at(1) };
  return { events, seconds: elapsed, statuses, latency, cpuMs: (user + system) / 1000 };
}

interface Lane {
  readonly connection: Connection;
  readonly request: Request;
}

async function openLane({ host, port, keys, leads }: LoadOptions, i: number, batch: number): Promise<Lane> {
  const request = buildRequest({
    host: `${host}:${port}`,
    key: keys[i % keys.length] ?? '',
    leads,
    batch,
    offset: i * 977,
  });
  return { connection: await openConnection(host, port), request };
}

/** Requests leave when they are due, on any free connection; those that find none wait, and the wait counts. */
async function openLoop(
  lanes: readonly Lane[],
  send: (lane: Lane, due: number) => Promise<void>,
  { start, end, rate }: { readonly start: number; readonly end: number; readonly rate: number },
): Promise<void> {
  const free = [...lanes];
  const interval = 1000 / rate;
  let due = start;
  await new Promise<void>((resolve, reject) => {
    const tick = () => {
      const now = performance.now();
      while (due <= now && due < end) {
        // In turn: one that rests for seconds is closed by the server.
        const lane = free.shift();
        if (!lane) break;
        const at = due;
        due += interval;
        send(lane, at).then(() => {
          free.push(lane);
        }, reject);
      }
      if (due < end) setTimeout(tick, 1);
      else if (free.length === lanes.length) resolve();
      else setTimeout(tick, 1);
    };
    tick();
  });
}
