import { z } from 'zod';
import { CATEGORIES, LEAD_TYPES } from '../../../src/domain/catalogue/index.ts';

/**
 * The text of src/catalogue.ts: the server's catalogue as types. A test holds the file equal to it, so the client can
 * never fall behind the catalogue unnoticed.
 */
export function catalogueSource(): string {
  const shapes = [...new Set(LEAD_TYPES.map(({ metadata }) => metadata))];
  const names = new Map(shapes.map((shape) => [shape, nameOf(shape)]));
  return [
    '// Made by `npm run generate` from the catalogue of the server. Not to be edited by hand.',
    '',
    `export const EVENT_CATEGORIES = [${CATEGORIES.map(quoted).join(', ')}] as const;`,
    'export type EventCategory = (typeof EVENT_CATEGORIES)[number];',
    '',
    '/** The event types of a lead, each with the category it belongs to. */',
    'export const EVENT_TYPES = {',
    ...LEAD_TYPES.map(({ name, category }) => `  ${name}: ${quoted(category)},`),
    '} as const satisfies Record<string, EventCategory>;',
    'export type EventType = keyof typeof EVENT_TYPES;',
    '',
    ...shapes.flatMap((shape) => [...interfaceOf(names.get(shape) ?? '', shape), '']),
    '/** The metadata that each type knows; every other key is kept as it is. */',
    'export interface EventMetadata {',
    ...LEAD_TYPES.map(({ name, metadata }) => `  readonly ${name}: ${names.get(metadata)};`),
    '}',
    '',
  ].join('\n');
}

type Shape = (typeof LEAD_TYPES)[number]['metadata'];

/** Named after the first type that has it: MESSAGE_SENT → MessageSentMetadata. */
function nameOf(shape: Shape): string {
  const first = LEAD_TYPES.find(({ metadata }) => metadata === shape)?.name ?? '';
  const words = first.split('_').map((word) => word.charAt(0) + word.slice(1).toLowerCase());
  return `${words.join('')}Metadata`;
}

interface JsonSchema {
  readonly type?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

function interfaceOf(name: string, shape: Shape): string[] {
  const { properties = {} }: JsonSchema = JSON.parse(JSON.stringify(z.toJSONSchema(shape, { io: 'input' })));
  const fields = Object.entries(properties).map(
    ([key, schema]) => `  readonly ${key}?: ${typeOf(schema)} | undefined;`,
  );
  return [`export interface ${name} {`, ...fields, '  readonly [key: string]: unknown;', '}'];
}

function typeOf({ type, anyOf, items }: JsonSchema): string {
  if (anyOf) return [...new Set(anyOf.flatMap((option) => typeOf(option).split(' | ')))].join(' | ');
  if (type === 'array' && items) return `readonly ${typeOf(items)}[]`;
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'string' || type === 'boolean' || type === 'null') return type;
  throw new Error(`the catalogue has a kind of metadata that has no type here yet: ${type}`);
}

function quoted(text: string): string {
  return `'${text}'`;
}
