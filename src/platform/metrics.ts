import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** What became of the events that were handed in. */
export const EVENT_OUTCOMES = ['stored', 'duplicate', 'spooled', 'quarantined', 'refused', 'failed'] as const;
export type EventOutcome = (typeof EVENT_OUTCOMES)[number];

/** Added to directly, for each event. */
export interface EventTally {
  /** Since the process began. */
  readonly events: Record<EventOutcome, number>;
  /** When the last one was acknowledged, in milliseconds of the epoch; undefined before the first. */
  acknowledgedAt: number | undefined;
}

/**
 * What a process counts of itself, for Prometheus. Counting is a plain addition where there may be thousands a second;
 * everything that can be looked up is looked up when somebody asks (ops/health/exposition.ts). No label holds what a
 * caller can make up.
 */
export interface Metrics {
  readonly registry: Registry;
  readonly tally: EventTally;
  request(method: string, route: string, status: number, seconds: number): void;
  procedure(path: string, outcome: 'ok' | 'error', seconds: number): void;
  flight(rows: number, seconds: number, outcome: 'ok' | 'error'): void;
  /** From recorded in the book until this process had read it for those who follow. */
  delivery(seconds: number): void;
}

const FAST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const ROWS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000];
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const events: Record<EventOutcome, number> = {
    stored: 0,
    duplicate: 0,
    spooled: 0,
    quarantined: 0,
    refused: 0,
    failed: 0,
  };
  new Counter({
    name: 'historybook_ingest_events_total',
    help: 'Events handed in, by what became of them',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      for (const outcome of EVENT_OUTCOMES) this.inc({ outcome }, events[outcome]);
    },
  });
  const requests = new Histogram({
    name: 'historybook_http_request_duration_seconds',
    help: 'Requests answered, by method, pattern of the address and status',
    labelNames: ['method', 'route', 'status'],
    buckets: FAST_SECONDS,
    registers,
  });
  const procedures = new Histogram({
    name: 'historybook_procedure_duration_seconds',
    help: 'Calls of the web app, by procedure',
    labelNames: ['procedure', 'outcome'],
    buckets: FAST_SECONDS,
    registers,
  });
  const flightSeconds = new Histogram({
    name: 'historybook_ingest_flight_duration_seconds',
    help: 'How long a batch took to be in the book',
    labelNames: ['outcome'],
    buckets: FAST_SECONDS,
    registers,
  });
  const flightRows = new Histogram({
    name: 'historybook_ingest_flight_rows',
    help: 'Events in a batch',
    buckets: ROWS,
    registers,
  });
  const deliveries = new Histogram({
    name: 'historybook_live_delivery_seconds',
    help: 'From recorded in the book until this process had read it for open streams, the slowest of each batch',
    buckets: FAST_SECONDS,
    registers,
  });
  return {
    registry,
    tally: { events, acknowledgedAt: undefined },
    request: (method, route, status, seconds) =>
      requests.observe({ method: METHODS.has(method) ? method : 'OTHER', route, status }, seconds),
    procedure: (procedure, outcome, seconds) => procedures.observe({ procedure, outcome }, seconds),
    flight(rows, seconds, outcome) {
      flightSeconds.observe({ outcome }, seconds);
      flightRows.observe(rows);
    },
    delivery: (seconds) => deliveries.observe(seconds),
  };
}
