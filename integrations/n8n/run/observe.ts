/** One flow while the bridge is in one state: what was executed, what arrived, what was queued, and how it got in. */
import { isDeepStrictEqual } from 'node:util';
import { DEFAULTS } from '../templates/settings.ts';
import { DRAIN, TRIGGERS } from '../testing/names.ts';
import type { AirtableRecord } from '../testing/world.ts';
import { type BridgeState, isKnown } from './bridge.ts';
import type { Case } from './cases.ts';
import type { Execution } from './executions.ts';
import { queueRows, type Stage } from './stage.ts';

export interface Observation {
  readonly flow: string;
  readonly bridge: BridgeState;
  /** "success" and how often. */
  readonly executions: string;
  /** What the bridge was asked and answered; the tries of a bridge that is down reach nobody. */
  readonly answers: string;
  /** Milliseconds that writing took at most, tries and pauses together. */
  readonly wroteWithin: number;
  /** Of the events of this flow. */
  readonly inBook: number;
  readonly queued: number;
  readonly slack: number;
  /** Rows that the fifth workflow then wrote, and the events in the book after it. */
  readonly drained: number;
  readonly inBookAfterDrain: number;
  /** What the bridge answered when everything was set off once more, and by how many events the book grew. */
  readonly again: string;
  readonly doubled: number;
  /** What was not as it must be. */
  readonly wrong: readonly string[];
}

export async function observe(stage: Stage, flow: Case, bridge: BridgeState, round: number): Promise<Observation> {
  const { world, n8n } = stage;
  const before = await stage.countAll();
  clear(stage, flow.leads);

  await stage.bridge.set(bridge);
  const executions = await flow.run(n8n, round);
  await stage.bridge.set('up');

  const entries = executions.flatMap((one) => one.given('Prepare Activity Log Entry'));
  const keys = entries.map(({ idempotencyKey }) => String(idempotencyKey));
  const answers = counted(stage.bridge.requests.map(({ status }) => (status === undefined ? 'lost' : String(status))));
  const inBook = await stage.countInBook(keys);
  const queued = queueRows(world).map(({ fields }) => JSON.parse(String(fields.payload)));
  const slack = world.slack.length;

  const drained = queued.length > 0 ? await drain(stage) : 0;
  const inBookAfterDrain = await stage.countInBook(keys);
  const types = await stage.typesInBook(keys);
  const total = await stage.countAll();

  stage.bridge.forget();
  await flow.run(n8n, round);
  const again = counted(stage.bridge.requests.map(({ status }) => String(status)));
  const doubled = (await stage.countAll()) - total;

  const isAway = bridge !== 'up' && bridge !== 'answer lost';
  const wrong = [
    ...failed(
      executions.every(({ status }) => status === 'success'),
      'an execution failed',
    ),
    ...failed(isDeepStrictEqual(types, flow.types), `the book has ${types.join(', ')}`),
    ...failed(total - before === flow.types.length, `the book grew by ${total - before}`),
    ...failed(inBook === (isAway ? 0 : flow.types.length), `${inBook} in the book before the drain`),
    ...failed(isDeepStrictEqual(queued, isAway ? entries : []), 'Retry_Queue does not hold the prepared entries'),
    ...failed(slack === (isAway ? flow.types.length : 0), `${slack} messages in Slack`),
    ...failed(drained === queued.length, `${drained} rows of ${queued.length} are done`),
    ...failed(doubled === 0, `${doubled} events doubled`),
    ...failed(
      isKnown(stage.bridge.requests, flow.repeats),
      `set off again: ${again}, where ${flow.repeats} times 200 was due`,
    ),
  ];
  return {
    flow: flow.name,
    bridge,
    executions: counted(executions.map(({ status }) => status)),
    answers,
    wroteWithin: Math.max(0, ...executions.flatMap(writes)),
    inBook,
    queued: queued.length,
    slack,
    drained,
    inBookAfterDrain,
    again,
    doubled,
    wrong,
  };
}

/** Fresh tables and an empty channel. */
export function clear({ world, bridge }: Stage, leads: readonly AirtableRecord[]): void {
  world.tables.clear();
  world.tables.set(
    'Leads',
    leads.map(({ id, fields }) => ({ id, fields: { ...fields } })),
  );
  world.tables.set(DEFAULTS.AIRTABLE_RETRY_QUEUE, []);
  world.slack.splice(0);
  bridge.forget();
}

/** Executes the fifth workflow, without the wait for `next_retry_at`; gives how many rows are done. */
export async function drain(stage: Stage): Promise<number> {
  for (const { fields } of queueRows(stage.world)) fields.next_retry_at = null;
  await stage.n8n.executeFrom(DRAIN, TRIGGERS[DRAIN] ?? '');
  return queueRows(stage.world).filter(({ fields }) => fields.status === 'done').length;
}

function writes(execution: Execution): number[] {
  return execution.runs.filter(({ node }) => node === 'Write to Activity Log').map(({ took }) => took);
}

/** "201 ×2, lost ×1"; "none" for nothing. */
export function counted(names: readonly string[]): string {
  const counts = Map.groupBy(names, (name) => name);
  return [...counts].map(([name, all]) => `${name} ×${all.length}`).join(', ') || 'none';
}

function failed(holds: boolean, what: string): string[] {
  return holds ? [] : [what];
}
