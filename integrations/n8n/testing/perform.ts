/** What each kind of node does with its items. */
import { z } from 'zod';
import type { N8nNode } from '../templates/workflow.ts';
import { evaluate, type Json, runCode } from './expression.ts';
import type { AirtableRecord, World } from './world.ts';

/** An item that a node gives. */
export interface Given {
  readonly json: Json;
  /** Which input item it comes from. */
  readonly from: number;
}

export interface Visit {
  readonly node: N8nNode;
  readonly items: readonly Json[];
  readonly world: World;
  /** What code and expressions see, for the item of that index. */
  readonly globals: (itemIndex: number) => Readonly<Record<string, unknown>>;
}

type Perform = (visit: Visit) => Given[][] | Promise<Given[][]>;

/** By the node's type: a list of items for each output, errors among those of the first. Loops are the player's matter. */
export const PERFORM: Readonly<Record<string, Perform>> = {
  code({ node, items, globals }) {
    const returned = runCode(String(node.parameters.jsCode), globals(0));
    return [
      returned.map(({ json, pairedItem }, i) => ({ json, from: pairedItem?.item ?? Math.min(i, items.length - 1) })),
    ];
  },
  httpRequest: (visit) => each(visit, (parameters) => request(visit.world, httpParameters.parse(parameters))),
  airtable: (visit) => each(visit, async (parameters) => airtable(visit.world, parameters)),
  slack: (visit) => each(visit, async (parameters) => slack(visit.world, slackParameters.parse(parameters).text)),
  if({ node, items, globals }) {
    const [condition] = ifParameters.parse(node.parameters).conditions.conditions;
    const isTrue = items.map((_, i) => evaluate(condition.leftValue, globals(i)) === true);
    const given = items.map((json, from) => ({ json, from }));
    return [given.filter(({ from }) => isTrue[from]), given.filter(({ from }) => !isTrue[from])];
  },
  stopAndError({ node, globals }) {
    throw new Error(String(evaluate(node.parameters.errorMessage, globals(0))));
  },
};

const httpParameters = z.object({ url: z.string(), jsonBody: z.unknown() });
const slackParameters = z.object({ text: z.string() });
const ifParameters = z.object({ conditions: z.object({ conditions: z.tuple([z.object({ leftValue: z.string() })]) }) });
const locator = z.object({ value: z.string() });
const airtableParameters = z.discriminatedUnion('operation', [
  z.object({ operation: z.literal('search'), table: locator, limit: z.number() }),
  z.object({
    operation: z.enum(['create', 'update', 'upsert']),
    table: locator,
    columns: z.object({ value: z.record(z.string(), z.unknown()), matchingColumns: z.array(z.string()) }),
  }),
]);

async function each(
  { node, items, globals }: Visit,
  work: (parameters: unknown) => Promise<Json[]>,
): Promise<Given[][]> {
  const given: Given[] = [];
  for (const from of items.keys()) {
    const results = await work(evaluate(node.parameters, globals(from)));
    given.push(...results.map((json) => ({ json, from })));
  }
  return [given.length === 0 && node.alwaysOutputData ? [{ json: {}, from: 0 }] : given];
}

/** An error is what n8n makes of one of its HTTP client. */
async function request(world: World, { url, jsonBody }: z.output<typeof httpParameters>): Promise<Json[]> {
  try {
    const { status, text } = await world.request(url, jsonBody);
    if (status < 300) return [JSON.parse(text)];
    const message = `${status} - ${JSON.stringify(text)}`;
    return [{ error: { message, name: 'AxiosError', code: 'ERR_BAD_REQUEST', status } }];
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const code = cause instanceof Error && 'code' in cause ? cause.code : 'ERR_NETWORK';
    return [{ error: { message: cause instanceof Error ? cause.message : String(cause), name: 'Error', code } }];
  }
}

function airtable(world: World, given: unknown): Json[] {
  if (world.down.has('airtable')) {
    const message = 'The service was not able to process your request';
    return [{ message, error: { message, name: 'NodeApiError', httpCode: '503' } }];
  }
  const parameters = airtableParameters.parse(given);
  const table = parameters.table.value;
  const records = world.tables.get(table) ?? [];
  world.tables.set(table, records);
  if (parameters.operation === 'search') {
    const found = records.filter(world.find.get(table) ?? (() => true)).slice(0, parameters.limit);
    return found.map(({ id, fields }) => ({ id, createdTime: '2026-01-01T00:00:00.000Z', ...fields }));
  }
  const { value, matchingColumns } = parameters.columns;
  const { id, fields } = changeRecord(records, value, parameters.operation === 'create' ? [] : matchingColumns);
  return [{ id, fields }];
}

/** Creates a record, or changes the one whose `match` columns have these values. */
export function changeRecord(records: AirtableRecord[], value: Json, match: readonly string[]): AirtableRecord {
  const { id, ...fields } = value;
  const found =
    match.length > 0 &&
    records.find((record) =>
      match.every((name) => (name === 'id' ? record.id === id : record.fields[name] === fields[name])),
    );
  if (found) {
    found.fields = { ...found.fields, ...fields };
    return found;
  }
  const record = { id: `rec${String(records.length + 1).padStart(14, '0')}`, fields };
  records.push(record);
  return record;
}

function slack(world: World, text: string): Json[] {
  if (world.down.has('slack')) return [{ error: 'Slack error response: "service_unavailable"' }];
  world.slack.push(text);
  return [{ ok: true }];
}
