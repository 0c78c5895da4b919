import { z } from 'zod';
import { isTimeZone } from './day.ts';

/**
 * How the records of an older system become activities: which column is what. A rule is a text with {Column} in it, or an
 * object that says more. The same mapping serves an import and a parity check.
 */
const words = z.string().min(1, 'must not be empty').max(10_000);
const column = z.string().min(1, 'must name a column').max(200);
const zone = z
  .string()
  .refine(
    (name) => name === 'workspace' || isTimeZone(name),
    'must be a time zone such as Europe/Berlin, or workspace',
  );

export const UNMAPPED = ['reject', 'keep', 'empty'] as const;
export const VALUE_KINDS = ['text', 'number', 'integer', 'boolean', 'json'] as const;
export type ValueKind = (typeof VALUE_KINDS)[number];

const columnRule = z.strictObject({
  column,
  /** The older system's words → ours. Case and blanks around a word do not matter. */
  map: z.record(z.string(), z.string()).optional(),
  /** What becomes of a word that `map` does not have; reject when not given. */
  unmapped: z.enum(UNMAPPED).optional(),
  /** Spellings that are put right; each time is counted in the report. */
  corrections: z.record(z.string(), z.string()).optional(),
  /** In place of an empty cell. */
  default: z.string().optional(),
  /** Count records where it is empty, for the report. */
  reportEmpty: z.boolean().optional(),
});

const constant = z.strictObject({ constant: z.json() });
const textRule = z.union([words, columnRule, constant], 'must be a text with {Column} in it, or an object with column');

/** YYYY-MM-DD HH:mm:ss and the like (docs/import.md), or one of iso, unix, unix-ms. */
const format = z.string().min(1).max(60);

const timeRule = z.strictObject({
  column,
  /** Tried one after the other. */
  format: z.union([format, z.array(format).min(1).max(10)]),
  /** Of times that say no zone themselves; the mapping's when not given. */
  timeZone: zone.optional(),
  /** With a format with YY alone: two-digit years up to it are 20YY, those above 19YY. */
  pivot: z.number().int().min(0).max(99).optional(),
});

const valueRule = z.union(
  [
    words,
    constant,
    columnRule.extend({ as: z.enum(VALUE_KINDS).optional() }),
    timeRule.extend({ as: z.literal('time') }),
  ],
  'must be a text with {Column} in it, or an object with column or constant',
);

const condition = z.strictObject({
  column,
  /** Any of these words. */
  is: z.array(z.string()).min(1).optional(),
  /** None of these words. */
  isNot: z.array(z.string()).min(1).optional(),
  /** true: has a value; false: is empty. */
  present: z.boolean().optional(),
});

const eventRule = z.strictObject({
  /** Tells the events of one record apart; part of the idempotency key, so it must stay as it is. */
  name: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'must be lower-case letters, digits and hyphens')
    .optional(),
  /** All of which must hold; otherwise the record has no such event. */
  when: z.array(condition).min(1).optional(),
  type: textRule,
  time: timeRule,
  description: textRule,
  message: textRule.optional(),
  metadata: z.record(z.string().min(1).max(200), valueRule).optional(),
  source: textRule.optional(),
  executionId: textRule.optional(),
});

const leadRule = z
  .strictObject({
    id: textRule.optional(),
    airtableId: textRule.optional(),
    email: textRule.optional(),
    phone: textRule.optional(),
  })
  .refine((lead) => Object.values(lead).some((rule) => rule !== undefined), 'must say how a lead is known');

const newLeadRule = z.strictObject({
  firstName: textRule.optional(),
  lastName: textRule.optional(),
  company: textRule.optional(),
  title: textRule.optional(),
  status: textRule.optional(),
});

export const mappingName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'must be lower-case letters, digits and hyphens, 60 at most');

export const importMapping = z
  .strictObject({
    $schema: z.string().optional(),
    /** Part of every idempotency key: under another name the same file is another import. */
    name: mappingName,
    description: z.string().max(2000).optional(),
    format: z.enum(['csv', 'json', 'ndjson']).optional(),
    csv: z
      .strictObject({
        delimiter: z.string().length(1, 'must be one character').optional(),
        encoding: z.enum(['utf8', 'latin1', 'utf16le']).optional(),
      })
      .optional(),
    timeZone: zone.default('workspace'),
    /** What the older system calls the record, once in the file. Without it a record is known by its content. */
    key: textRule.optional(),
    lead: leadRule,
    /** Makes leads that nobody knows yet; those that are known stay as they are. */
    createLeads: newLeadRule.optional(),
    source: textRule,
    events: z.array(eventRule).min(1).max(10),
    /** By what a parity check finds a record that was logged some other way than by this import. */
    match: z
      .strictObject({
        /** Metadata that name the same thing in both systems, such as simpletexting_id. */
        metadata: z.array(z.string().min(1)).max(5).default([]),
        /** How far apart the two times may be, in seconds. */
        withinSeconds: z.number().int().min(0).max(86_400).default(60),
      })
      .prefault({}),
  })
  .superRefine((mapping, context) => {
    const names = mapping.events.map(({ name }) => name);
    if (mapping.events.length === 1) return;
    for (const [i, name] of names.entries()) {
      if (name !== undefined && names.indexOf(name) === i) continue;
      const message = name === undefined ? 'is needed where a record has several events' : 'is used by another event';
      context.addIssue({ code: 'custom', path: ['events', i, 'name'], message });
    }
  });

export type ImportMapping = z.output<typeof importMapping>;
export type ImportMappingInput = z.input<typeof importMapping>;
export type TextRule = z.output<typeof textRule>;
export type ColumnRule = z.output<typeof columnRule>;
export type TimeRule = z.output<typeof timeRule>;
export type ValueRule = z.output<typeof valueRule>;
export type EventRule = z.output<typeof eventRule>;
export type Condition = z.output<typeof condition>;
