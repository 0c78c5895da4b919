import type pg from 'pg';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Ingest } from '#ingest/index.ts';
import type { Live } from '#live/index.ts';
import type { Clock } from '#platform/clock.ts';
import type { DatabaseWatch } from '#platform/db/watch.ts';
import { type Spool, spoolOf } from './spool-facts.ts';

export interface GaugeSources {
  readonly ingest: Pick<Ingest, 'depth' | 'fallback'>;
  readonly spool: Spool;
  readonly live: Pick<Live, 'stats'>;
  readonly watch: Pick<DatabaseWatch, 'outage' | 'latencyMs'>;
  readonly pools: Readonly<Record<string, Pick<pg.Pool, 'totalCount' | 'idleCount' | 'waitingCount'>>>;
  /** How many refused events wait, of all workspaces; undefined while the database cannot say. */
  readonly waiting: () => Promise<number | undefined>;
  readonly clock: Clock;
}

/** What is looked up whenever somebody reads /metrics. */
export function registerGauges(registry: Registry, sources: GaugeSources): void {
  const { ingest, live, watch, pools, clock } = sources;
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number | undefined | Promise<number | undefined>) =>
    new Gauge({
      name: `historybook_${name}`,
      help,
      registers,
      async collect() {
        this.set((await read()) ?? Number.NaN);
      },
    });
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name: `historybook_${name}`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  const spool = () => spoolOf(sources);
  const secondsSince = (at: Date | null | undefined) => (at ? (clock.now().getTime() - at.getTime()) / 1000 : 0);

  gauge('ingest_queue_depth', 'Events taken and not yet durable', () => ingest.depth);
  gauge('book_away', '1 while events go to the spool because the book cannot take them', () =>
    Number(ingest.fallback()?.outage !== undefined),
  );
  gauge('spool_records', 'Events waiting on disk', () => spool().records);
  gauge('spool_bytes', 'Bytes they take', () => spool().bytes);
  gauge('spool_max_bytes', 'Bytes from which on events are refused', () => spool().maxBytes);
  gauge('spool_oldest_seconds', 'Since when the oldest of them waits', () => secondsSince(spool().oldestAt));
  gauge('spool_damaged', 'Pieces of the spool set aside because they cannot be read', () => spool().damaged);
  gauge('spool_drain_rate', 'Events a second that go from the spool into the book', () => spool().rate);
  counter('spool_drained_total', 'Events that went from the spool to where they belong', () => spool().drained);
  counter('spool_refused_total', 'Of these, events that the book refused', () => spool().refused);
  counter('spool_dropped_total', 'Of these, events of a workspace that was removed meanwhile', () => spool().dropped);
  gauge('quarantine_waiting', 'Refused events that wait for a person or a retry', sources.waiting);
  gauge('database_up', '1 while the database answers', () => Number(watch.outage === undefined));
  gauge('database_latency_seconds', 'How long its last answer took', () => watch.latencyMs && watch.latencyMs / 1000);
  gauge('live_subscribers', 'Open streams', () => live.stats().subscribers);
  gauge('live_catching_up', 'Open streams that are behind', () => live.stats().catchingUp);
  gauge('live_stalled', 'Open streams whose client does not read', () => live.stats().stalled);
  gauge('live_tail_broken_seconds', 'Since when the book cannot be read for open streams', () =>
    secondsSince(live.stats().brokenSince),
  );
  counter('live_delivered_total', 'Events written to open streams', () => live.stats().delivered);
  counter('live_resyncs_total', 'Streams told to read their page again', () => live.stats().resyncs);
  counter('live_refused_total', 'Streams refused because there were too many', () => live.stats().refused);

  new Gauge({
    name: 'historybook_database_connections',
    help: 'Connections of each pool: in use, idle; and callers that wait for one',
    labelNames: ['pool', 'state'],
    registers,
    collect() {
      for (const [pool, { totalCount, idleCount, waitingCount }] of Object.entries(pools)) {
        this.set({ pool, state: 'used' }, totalCount - idleCount);
        this.set({ pool, state: 'idle' }, idleCount);
        this.set({ pool, state: 'waiting' }, waitingCount);
      }
    },
  });
}
