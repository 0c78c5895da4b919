import vm from 'node:vm';
import { z } from 'zod';

export type Json = Readonly<Record<string, unknown>>;

/** The value of a parameter: a text that begins with `=` is a template of `{{ expressions }}`, as n8n has it. */
export function evaluate(value: unknown, globals: Json): unknown {
  if (Array.isArray(value)) return value.map((item) => evaluate(item, globals));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, evaluate(member, globals)]));
  }
  if (typeof value !== 'string' || !value.startsWith('=')) return value;
  const parts = value.slice(1).split(/\{\{([\s\S]*?)\}\}/);
  const isOneExpression = parts.length === 3 && parts[0] === '' && parts[2] === '';
  const results = parts.map((part, i) => (i % 2 === 0 ? part : vm.runInNewContext(`(${part})`, { ...globals })));
  // As JSON: what a node hands on never shares objects, nor keeps what JSON has no word for.
  if (isOneExpression) return results[1] === undefined ? undefined : JSON.parse(JSON.stringify(results[1]));
  return results.join('');
}

const items = z.array(
  z.object({ json: z.record(z.string(), z.unknown()), pairedItem: z.object({ item: z.number() }).optional() }),
);

/** What a Code node returns; its code sees what n8n gives it and nothing of Node. */
export function runCode(code: string, globals: Json): z.output<typeof items> {
  const returned: unknown = vm.runInNewContext(`(() => {${code}\n})()`, { ...globals });
  return items.parse(JSON.parse(JSON.stringify(returned)));
}
