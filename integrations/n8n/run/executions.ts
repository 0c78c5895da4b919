/** What an execution of n8n has done, as its REST API tells it. */
import { z } from 'zod';

export interface NodeRun {
  readonly node: string;
  /** Milliseconds, all tries together. */
  readonly took: number;
  /** Items by output; the error output is the last one. */
  readonly outputs: readonly (readonly Readonly<Record<string, unknown>>[])[];
}

export interface Execution {
  readonly id: string;
  readonly status: string;
  readonly runs: readonly NodeRun[];
  readonly error: string | undefined;
  /** The items that a node gave over all of its runs, from one output or from all. */
  given(node: string, output?: number): Readonly<Record<string, unknown>>[];
}

const stored = z.object({ id: z.union([z.string(), z.number()]), status: z.string(), data: z.string() });
const item = z.object({ json: z.record(z.string(), z.unknown()) });
const details = z.object({
  resultData: z.object({
    error: z.object({ message: z.string() }).optional(),
    runData: z.record(
      z.string(),
      z.array(
        z.object({
          executionTime: z.number(),
          data: z.object({ main: z.array(z.array(item).nullable()).optional() }).optional(),
        }),
      ),
    ),
  }),
});

export function readExecution(answer: unknown): Execution {
  const { id, status, data } = stored.parse(answer);
  const { error, runData } = details.parse(unflatten(data)).resultData;
  const runs = Object.entries(runData).flatMap(([node, list]) =>
    list.map((run): NodeRun => {
      const outputs = (run.data?.main ?? []).map((items) => (items ?? []).map(({ json }) => json));
      return { node, took: run.executionTime, outputs };
    }),
  );
  return {
    id: String(id),
    status,
    runs,
    error: error?.message,
    given: (node, output) =>
      runs
        .filter((run) => run.node === node)
        .flatMap(({ outputs }) => (output === undefined ? outputs.flat() : (outputs[output] ?? []))),
  };
}

/** n8n keeps an execution as a list of values in which every text within another value is the index of what stands there. */
export function unflatten(text: string): unknown {
  const values = z.array(z.unknown()).parse(JSON.parse(text));
  const made = new Map<number, unknown>();
  const at = (index: number): unknown => {
    if (made.has(index)) return made.get(index);
    const value = values[index];
    if (typeof value !== 'object' || value === null) return value;
    const target: unknown[] | Record<string, unknown> = Array.isArray(value) ? [] : {};
    // Before its members are read: they may lead back to it.
    made.set(index, target);
    for (const [name, member] of Object.entries(value)) {
      Reflect.set(target, name, typeof member === 'string' ? at(Number(member)) : member);
    }
    return target;
  };
  return at(0);
}
