/**
 * The limit of batches: `INSERT … SELECT unnest` of the same rows into the same table (partitions, lane, indexes, search
 * column), nothing else. The parameters are made before the clock runs.
 */
import pg from 'pg';
import { uuidv7 } from '#domain/ids.ts';
import { arrayLiteral } from '#platform/db/array-literal.ts';
import { serveParent } from '../harness/child.ts';
import { eventBody, PLACE } from '../load/events.ts';

export interface RawInsertOptions {
  readonly url: string;
  readonly workspaceId: string;
  readonly leads: readonly { readonly id: string; readonly airtableId: string }[];
}

export interface RawInsertRun {
  readonly connections: number;
  readonly batch: number;
  readonly batches: number;
}

export interface RawInsertResult {
  readonly rows: number;
  readonly seconds: number;
}

const COLUMNS = [
  ['id', 'uuid'],
  ['workspace_id', 'uuid'],
  ['door', 'text'],
  ['type', 'text'],
  ['category', 'text'],
  ['occurred_at', 'timestamptz'],
  ['subject_key', 'text'],
  ['subject_ref', 'text'],
  ['lead_airtable_id', 'text'],
  ['description', 'text'],
  ['message', 'text'],
  ['metadata', 'jsonb'],
  ['source', 'text'],
  ['execution_id', 'text'],
  ['actor_type', 'text'],
  ['actor_label', 'text'],
] as const;

const INSERT = `INSERT INTO activity (${COLUMNS.map(([name]) => name).join(', ')})
  SELECT * FROM unnest(${COLUMNS.map(([, type], i) => `$${i + 1}::${type}[]`).join(', ')})`;

let nextNumber = 5_000_000_000;
serveParent((options: RawInsertOptions) => ({ answer: (run: RawInsertRun) => insert(options, run) }));

async function insert(
  options: RawInsertOptions,
  { connections, batch, batches }: RawInsertRun,
): Promise<RawInsertResult> {
  const waiting = Array.from({ length: batches }, (_, i) => parametersOf(options, batch, i));
  const clients = Array.from({ length: connections }, () => new pg.Client({ connectionString: options.url }));
  await Promise.all(clients.map((client) => client.connect()));
  const start = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      for (let values = waiting.pop(); values; values = waiting.pop()) {
        await client.query({ name: 'raw', text: INSERT, values });
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  await Promise.all(clients.map((client) => client.end()));
  return { rows: batch * batches, seconds };
}

function parametersOf(options: RawInsertOptions, batch: number, turn: number): (string | null)[] {
  const rows = Array.from({ length: batch }, (_, i) => rowOf(options, turn * 977 + i));
  return COLUMNS.map(([name]) => arrayLiteral(rows, (row) => row[name]));
}

function rowOf({ workspaceId, leads }: RawInsertOptions, n: number): Record<(typeof COLUMNS)[number][0], string> {
  const lead = leads[(n * 31) % leads.length] ?? { id: '', airtableId: '' };
  nextNumber += 1;
  const event = JSON.parse(eventBody(lead.airtableId, n).replaceAll(PLACE, String(nextNumber)));
  return {
    id: uuidv7(Date.now()),
    workspace_id: workspaceId,
    door: 'lead',
    type: event.eventType,
    category: event.eventCategory,
    occurred_at: event.timestamp,
    subject_key: `lead:${lead.id}`,
    subject_ref: `airtable:${lead.airtableId}`,
    lead_airtable_id: lead.airtableId,
    description: event.description,
    message: event.messageContent,
    metadata: JSON.stringify(event.metadata),
    source: event.source,
    execution_id: event.executionId,
    actor_type: 'INTEGRATION',
    actor_label: event.source,
  };
}
