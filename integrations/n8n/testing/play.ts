/**
 * Plays a workflow as n8n 2 executes it (execution order v1), as far as these workflows go: items and their lineage, runs
 * and rounds of loops, retries (n8n looks at the first item alone), error outputs. Code nodes and expressions are run for
 * real; requests of HTTP nodes are sent.
 */
import type { N8nNode, N8nWorkflow } from '../templates/workflow.ts';
import type { Json } from './expression.ts';
import { type Given, PERFORM } from './perform.ts';
import type { World } from './world.ts';

interface Item {
  readonly json: Json;
  /** The item of each node that this one comes from. */
  readonly trail: Readonly<Record<string, Json>>;
}

interface Task {
  readonly node: N8nNode;
  readonly items: readonly Item[];
}

export interface Run {
  readonly node: string;
  readonly runIndex: number;
  readonly tries: number;
  readonly outputs: readonly (readonly Json[])[];
}

export interface Played {
  readonly runs: readonly Run[];
  /** Why the execution ended as failed. */
  readonly error: Error | undefined;
  /** The items that a node gave, over all of its runs, from one output or from all. */
  given(node: string, output?: number): Json[];
}

export interface PlayOptions {
  readonly world: World;
  readonly trigger: string;
  readonly items: readonly Json[];
  readonly executionId?: string;
}

/** Far more steps than any of these workflows takes. */
const ENDLESS = 10_000;

/** Executes a workflow from a trigger that gave `items`. */
export async function play(workflow: N8nWorkflow, options: PlayOptions): Promise<Played> {
  const { world, trigger, executionId = '28973' } = options;
  const runs: Run[] = [];
  const last = new Map<string, readonly Json[]>();
  const loops = new Map<string, Item[]>();

  const nodeOf = (name: string): N8nNode => {
    const node = workflow.nodes.find((candidate) => candidate.name === name);
    if (!node) throw new Error(`there is no node "${name}"`);
    return node;
  };

  const remember = (run: Run) => {
    runs.push(run);
    last.set(run.node, run.outputs.find((items) => items.length > 0) ?? []);
  };

  /** What comes next, the upper node first. */
  const after = (node: N8nNode, outputs: readonly (readonly Item[])[]): Task[] => {
    const targets = workflow.connections[node.name]?.main ?? [];
    const tasks = targets.flatMap((links, output) => {
      const items = outputs[output] ?? [];
      return items.length === 0 ? [] : links.map((link) => ({ node: nodeOf(link.node), items }));
    });
    return tasks.sort((a, b) => a.node.position[1] - b.node.position[1] || a.node.position[0] - b.node.position[0]);
  };

  /** What code and expressions of a node see. */
  const globals = ({ node, items }: Task, runIndex: number) => {
    const plain = items.map(({ json }, item) => ({ json, pairedItem: { item } }));
    const itemMatching = (name: string, i: number) => {
      const json = items[i]?.trail[nodeOf(name).name];
      if (!json) throw new Error(`no item of "${name}" belongs to this one`);
      return { json };
    };
    return (itemIndex: number) => ({
      $: (name: string) => {
        const all = () => (last.get(nodeOf(name).name) ?? []).map((json) => ({ json }));
        return {
          itemMatching: (i: number) => itemMatching(name, i),
          all,
          first: () => all()[0],
          last: () => all().at(-1),
          isExecuted: last.has(name),
          get item() {
            return itemMatching(name, itemIndex);
          },
        };
      },
      $input: { all: () => plain, first: () => plain[0], last: () => plain.at(-1), item: plain[itemIndex] },
      $json: items[itemIndex]?.json,
      $itemIndex: itemIndex,
      $runIndex: runIndex,
      $execution: { id: executionId, mode: 'production' },
      $workflow: { id: workflow.id, name: workflow.name },
      $prevNode: { name: 'the node before' },
      $nodeId: node.id,
      $vars: {},
      $now: { toISO: () => new Date().toISOString() },
    });
  };

  const execute = async (task: Task): Promise<Task[]> => {
    const { node, items } = task;
    const runIndex = runs.filter((run) => run.node === node.name).length;
    const kind = node.type.replace('n8n-nodes-base.', '');
    if (kind === 'splitInBatches') {
      const outputs = nextRound(loops, task);
      remember({ node: node.name, runIndex, tries: 1, outputs: outputs.map((list) => list.map(({ json }) => json)) });
      return after(node, outputs);
    }
    const perform = PERFORM[kind];
    if (!perform) throw new Error(`this player does not know ${node.type}`);
    const visit = { node, items: items.map(({ json }) => json), world, globals: globals(task, runIndex) };
    const maxTries = node.retryOnFail ? (node.maxTries ?? 3) : 1;
    let outputs: Given[][] = [];
    let tries = 0;
    do {
      tries += 1;
      outputs = await perform(visit);
    } while (outputs[0]?.[0]?.json.error !== undefined && tries < maxTries);
    const made = route(task, outputs).map((given) =>
      given.map(({ json, from }): Item => ({ json, trail: { ...items[from]?.trail, [node.name]: json } })),
    );
    remember({ node: node.name, runIndex, tries, outputs: made.map((list) => list.map(({ json }) => json)) });
    return after(node, made);
  };

  const run = async () => {
    const first = options.items.map((json) => ({ json, trail: { [trigger]: json } }));
    remember({ node: trigger, runIndex: 0, tries: 1, outputs: [options.items] });
    const stack = after(nodeOf(trigger), [first]);
    for (let steps = 0; steps < ENDLESS; steps += 1) {
      const task = stack.shift();
      if (!task) return undefined;
      stack.unshift(...(await execute(task)));
    }
    throw new Error('the workflow does not end');
  };

  const error = await run().catch((thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown))));
  return {
    runs,
    error,
    given: (node, output) =>
      runs
        .filter((one) => one.node === node)
        .flatMap(({ outputs }) => (output === undefined ? outputs.flat() : (outputs[output] ?? []))),
  };
}

/** Done, or the next item; its lineage is its own and not that of the round before. */
function nextRound(loops: Map<string, Item[]>, { node, items }: Task): Item[][] {
  const waiting = loops.get(node.name) ?? [...items];
  const item = waiting.shift();
  loops.set(node.name, waiting);
  return item ? [[], [item]] : [[...items], []];
}

/** Moves errors to the error output, joined with the item that failed; throws where a node has none. */
function route({ node, items }: Task, outputs: readonly Given[][]): readonly Given[][] {
  const [main = [], ...more] = outputs;
  const failed = main.filter(({ json }) => json.error !== undefined);
  if (failed.length === 0 || node.onError === 'continueRegularOutput') return outputs;
  if (node.onError !== 'continueErrorOutput') throw new Error(`"${node.name}": ${JSON.stringify(failed[0]?.json)}`);
  const merged = failed.map(({ json, from }) => ({ json: { ...items[from]?.json, ...json }, from }));
  return [main.filter(({ json }) => json.error === undefined), ...more, merged];
}
