import { hash } from 'node:crypto';
import { AppError, type Issue } from '#domain/errors.ts';
import type { EventRule, ImportMapping, TextRule } from '#domain/import-mapping.ts';
import { canonicalJson } from '#platform/canonical.ts';
import { cellText, type Notices, type RecordValues, RejectedRecord } from './cells.ts';
import { type Compiled, compileConditions, compileText } from './text-rule.ts';
import { compileTime, compileValue } from './value-rule.ts';
import { createZone, type Zone } from './zoned.ts';

/** An event of a record in the words of door 1, but for its category, which its type decides. */
export interface MappedEvent {
  readonly name: string | undefined;
  readonly type: string;
  readonly at: Date;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface MappedRecord {
  /** What the older system calls it; undefined when the mapping has no key. */
  readonly key: string | undefined;
  readonly lead: LeadWords;
  /** As the leads upsert takes it; undefined when no leads are made. */
  readonly newLead: Readonly<Record<string, unknown>> | undefined;
  readonly events: readonly MappedEvent[];
}

export interface LeadWords {
  readonly leadId: string;
  readonly leadAirtableId: string;
  readonly leadEmail: string;
  readonly leadPhone: string;
}

export interface RecordMapper {
  readonly mapping: ImportMapping;
  /** The columns that it reads, those first without which a record cannot be. */
  readonly columns: readonly string[];
  /** @throws RejectedRecord */
  map(values: RecordValues, notices: Notices): MappedRecord;
  /** Which of its columns a file does not have: what cannot be without them, and what is left out. */
  missing(columns: readonly string[]): { readonly needed: readonly string[]; readonly optional: readonly string[] };
  readonly zone: Zone;
}

/**
 * Makes a mapping ready. `aliases` are columns under other names than the mapping's.
 * @throws AppError INVALID_INPUT naming every rule that cannot be
 */
export function compileMapping(
  mapping: ImportMapping,
  workspaceZone: string,
  aliases: ReadonlyMap<string, string> = new Map(),
): RecordMapper {
  const issues: Issue[] = [];
  const zones = new Map<string, Zone>();
  const zoneOf = (name: string | undefined = mapping.timeZone): Zone => {
    const known = name === 'workspace' ? workspaceZone : name;
    const zone = zones.get(known) ?? createZone(known);
    zones.set(known, zone);
    return zone;
  };
  const at = <T>(path: string, make: () => Compiled<T>): Compiled<T> => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      issues.push({ path, message: error.message });
      return {
        columns: [],
        of() {
          throw error;
        },
      };
    }
  };
  const text = (path: string, rule: TextRule | undefined) =>
    rule === undefined ? undefined : at(path, () => compileText(rule, path.split('.').at(-1) ?? path));

  const key = text('key', mapping.key);
  const lead = {
    leadId: text('lead.id', mapping.lead.id),
    leadAirtableId: text('lead.airtableId', mapping.lead.airtableId),
    leadEmail: text('lead.email', mapping.lead.email),
    leadPhone: text('lead.phone', mapping.lead.phone),
  };
  const newLead = mapping.createLeads && fieldsOf('createLeads', mapping.createLeads, text);
  const events = mapping.events.map((event, i) =>
    compileEvent(`events.${i}`, event, mapping.source, { text, at, zoneOf }),
  );
  if (issues.length > 0) {
    throw new AppError('INVALID_INPUT', { message: `The mapping ${mapping.name} cannot be used.`, issues });
  }

  const references = Object.values(lead).flatMap((rule) => rule?.columns ?? []);
  const needed = new Set([...(key?.columns ?? []), ...events.flatMap((event) => event.needed)]);
  const optional = new Set([
    ...(newLead ?? []).flatMap(([, rule]) => rule.columns),
    ...events.flatMap((e) => e.optional),
  ]);
  const nowhere: Notices = { note: () => undefined };

  return {
    mapping,
    columns: [...new Set([...needed, ...references, ...optional])],
    zone: zoneOf('workspace'),
    map(given, notices) {
      const values = aliases.size === 0 ? given : renamed(given, aliases);
      const words: LeadWords = {
        leadId: lead.leadId?.of(values, notices) ?? '',
        leadAirtableId: lead.leadAirtableId?.of(values, notices) ?? '',
        leadEmail: lead.leadEmail?.of(values, notices) ?? '',
        leadPhone: lead.leadPhone?.of(values, notices) ?? '',
      };
      if (Object.values(words).every((word) => word === '')) {
        throw RejectedRecord.of('NO_LEAD', references.join(', '), 'is empty: it is how the lead is known');
      }
      const ownKey = key?.of(values, notices);
      if (ownKey === '')
        throw RejectedRecord.of('NO_KEY', key?.columns[0] ?? 'key', 'is empty: it is how the record is known');
      return {
        key: ownKey,
        lead: words,
        newLead: newLead && newLeadOf(newLead, words, values, notices),
        events: events.flatMap((event) => (event.when.of(values, nowhere) ? [event.make(values, notices)] : [])),
      };
    },
    missing(columns) {
      const there = new Set(columns);
      for (const [ours, theirs] of aliases) if (there.has(theirs)) there.add(ours);
      const isMissing = (column: string) => !there.has(column);
      const noReference = references.every(isMissing) ? references : [];
      return {
        needed: [...new Set([...[...needed].filter(isMissing), ...noReference])],
        optional: [...new Set([...optional, ...references])].filter((c) => isMissing(c) && !needed.has(c)),
      };
    },
  };
}

type Fields = readonly (readonly [name: string, rule: Compiled<string>])[];
type TextOf = (path: string, rule: TextRule | undefined) => Compiled<string> | undefined;

interface Compiler {
  readonly text: TextOf;
  readonly at: <T>(path: string, make: () => Compiled<T>) => Compiled<T>;
  readonly zoneOf: (name: string | undefined) => Zone;
}

function fieldsOf(path: string, rules: Readonly<Record<string, TextRule | undefined>>, text: TextOf): Fields {
  return Object.entries(rules).flatMap(([name, rule]) => {
    const compiled = text(`${path}.${name}`, rule);
    return compiled ? [[name, compiled] as const] : [];
  });
}

function compileEvent(path: string, event: EventRule, sourceOfAll: TextRule, { text, at, zoneOf }: Compiler) {
  const { name, metadata = {}, ...rules } = event;
  const when = compileConditions(rules.when);
  const type = at(`${path}.type`, () => compileText(rules.type, 'event type'));
  const time = at(`${path}.time`, () => compileTime(rules.time, zoneOf));
  const description = at(`${path}.description`, () => compileText(rules.description, 'description'));
  const source = at(`${path}.source`, () => compileText(rules.source ?? sourceOfAll, 'source'));
  const message = text(`${path}.message`, rules.message);
  const executionId = text(`${path}.executionId`, rules.executionId);
  const values = Object.entries(metadata).map(
    ([key, rule]) => [key, at(`${path}.metadata.${key}`, () => compileValue(rule, key, zoneOf))] as const,
  );
  const optional = [message, executionId, description, source, ...values.map(([, rule]) => rule)];
  return {
    when,
    needed: [...when.columns, ...type.columns, ...time.columns],
    optional: optional.flatMap((rule) => rule?.columns ?? []),
    make(cells: RecordValues, notices: Notices): MappedEvent {
      const happened = time.of(cells, notices);
      if (!happened) throw RejectedRecord.of('NO_TIME', rules.time.column, 'is empty: when did it happen?');
      const known = values.flatMap(([key, rule]) => {
        const value = rule.of(cells, notices);
        return value === undefined ? [] : [[key, value] as const];
      });
      const kind = type.of(cells, notices);
      const body = {
        eventType: kind,
        description: description.of(cells, notices),
        messageContent: message?.of(cells, notices) || undefined,
        metadata: known.length > 0 ? Object.fromEntries(known) : undefined,
        source: source.of(cells, notices),
        executionId: executionId?.of(cells, notices) || undefined,
        timestamp: happened.toISOString(),
      };
      return { name, type: kind, at: happened, body };
    },
  };
}

function newLeadOf(fields: Fields, words: LeadWords, values: RecordValues, notices: Notices): Record<string, unknown> {
  const given = fields.flatMap(([name, rule]) => {
    const text = rule.of(values, notices);
    return text === '' ? [] : [[name, text] as const];
  });
  return {
    ...Object.fromEntries(given),
    ...(words.leadAirtableId && { airtableRecordId: words.leadAirtableId }),
    ...(words.leadEmail && { email: words.leadEmail }),
    ...(words.leadPhone && { phone: words.leadPhone }),
  };
}

function renamed(values: RecordValues, aliases: ReadonlyMap<string, string>): RecordValues {
  const named: Record<string, unknown> = { ...values };
  for (const [ours, theirs] of aliases) if (Object.hasOwn(values, theirs)) named[ours] = values[theirs];
  return named;
}

/** What a record without a key is known by: its content. 16 bytes, hex. */
export function recordHash(values: RecordValues): string {
  return hash('sha256', canonicalJson(values), 'hex').slice(0, 32);
}

/** Whether every cell is empty: a line of commas, which spreadsheets leave at the end. */
export function isBlank(values: RecordValues): boolean {
  return Object.keys(values).every((column) => cellText(values, column) === '');
}
