/**
 * The client library against bare fetch: events a second, and what an event costs the program that logs it. Both send the
 * same events, in batches of the same size, over one connection; they are measured in turn, and what counts is the median.
 */
import { type Child, startChild } from './harness/child.ts';
import { startBenchDatabase } from './harness/database.ts';
import type { ServerOptions } from './harness/server.ts';
import type { ClientLoadOptions, ClientLoadResult, ClientLoadRun } from './load/client-load.ts';
import { type BenchRow, median } from './report.ts';

const WAYS: readonly ClientLoadRun['way'][] = ['fetch batches', 'memory', 'spool', 'fetch singles'];
const ROUNDS = 5;
const SECONDS = 4;

export async function measure(say: (line: string) => void): Promise<BenchRow[]> {
  const database = await startBenchDatabase();
  const children: Child[] = [];
  try {
    const { url: databaseUrl, dataDir } = database;
    const server = await startChild('harness/server.ts', { databaseUrl, dataDir } satisfies ServerOptions);
    children.push(server);
    const url = await server.ask<string>('url');
    const [apiKey = ''] = database.keys;
    const leads = database.leads.map(({ airtableId }) => airtableId);
    const load = await startChild('load/client-load.ts', { url, apiKey, leads } satisfies ClientLoadOptions);
    children.push(load);
    const run = (way: ClientLoadRun['way'], seconds = SECONDS) => load.ask<ClientLoadResult>({ way, seconds });
    for (const way of WAYS) await run(way, 2);
    const rates = new Map(WAYS.map((way) => [way, [] as number[]]));
    const costs = new Map(WAYS.map((way) => [way, [] as number[]]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const way of WAYS) {
        const { events, seconds, cpuMs } = await run(way);
        rates.get(way)?.push(events / seconds);
        costs.get(way)?.push((cpuMs * 1000) / events);
        say(`${way}: ${Math.round(events / seconds)}/s, ${((cpuMs * 1000) / events).toFixed(1)} µs an event`);
      }
    }
    return rowsOf(rates, costs);
  } finally {
    for (const child of children.toReversed()) await child.stop();
    await database.stop();
  }
}

type Figures = ReadonlyMap<ClientLoadRun['way'], readonly number[]>;

function rowsOf(rates: Figures, costs: Figures): BenchRow[] {
  const row = (
    figures: Figures,
    way: ClientLoadRun['way'],
    more: Pick<BenchRow, 'unit' | 'target' | 'aim' | 'isMoreBetter'>,
  ) => ({
    name: `client, ${way}: ${more.unit}`,
    value: median(figures.get(way) ?? []),
    limit: { name: 'fetch, same batches', value: median(figures.get('fetch batches') ?? []) },
    notes: `${listed(figures, way)} against ${listed(figures, 'fetch batches')}; one event a fetch ${listed(figures, 'fetch singles')}`,
    ...more,
  });
  const rate = { unit: 'events/s', target: 0.8, isMoreBetter: true };
  const cost = { unit: 'µs an event', target: 3, aim: 2, isMoreBetter: false };
  return [row(rates, 'memory', rate), row(rates, 'spool', rate), row(costs, 'memory', cost), row(costs, 'spool', cost)];
}

function listed(figures: Figures, way: ClientLoadRun['way']): string {
  return (figures.get(way) ?? []).map((figure) => figure.toFixed(figure < 100 ? 1 : 0)).join(', ');
}
