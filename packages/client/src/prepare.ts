import { randomUUID } from 'node:crypto';
import { EVENT_TYPES } from './catalogue.ts';

const CATEGORY_OF: ReadonlyMap<string, string> = new Map(Object.entries(EVENT_TYPES));

/** An event as it will be sent, however often: its key and its time are fixed before the first try. */
export interface Prepared {
  readonly key: string;
  /** One JSON object. */
  readonly text: string;
  readonly bytes: number;
}

/** Why an event cannot be sent at all. */
export class Unsendable extends Error {
  override readonly name = 'Unsendable';
  /** The event as it would have been sent, where there is one. */
  readonly text: string | undefined;
  constructor(message: string, text?: string) {
    super(message);
    this.text = text;
  }
}

/**
 * Makes the body of an event from what the caller gave. Judges only what could not be sent; all else is for the server,
 * which keeps what it refuses.
 * @throws Unsendable; whatever a getter or toJSON() of the caller's throws comes as one too
 */
export function prepare(event: unknown, source: string, maxBytes: number): Prepared {
  const fields = fieldsOf(event);
  const type = fields.eventType;
  const hasOwnKey = !isBlank(fields.idempotencyKey);
  const key = hasOwnKey ? fields.idempotencyKey : randomUUID();
  if (typeof key !== 'string') throw new Unsendable('idempotencyKey must be text');
  const category = typeof type === 'string' ? CATEGORY_OF.get(type) : undefined;
  const text = textOf({
    ...fields,
    ...(category !== undefined && isBlank(fields.eventCategory) && { eventCategory: category }),
    source: isBlank(fields.source) ? source : fields.source,
    ...whenOf(fields, hasOwnKey),
    idempotencyKey: key,
  });
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) throw new Unsendable(`the event has ${bytes} bytes; ${maxBytes} is the most`, text);
  return { key, text, bytes };
}

/** The names of a database row, and those of the interface. */
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['event_type', 'eventType'],
  ['event_category', 'eventCategory'],
  ['lead_id', 'leadId'],
  ['lead_airtable_id', 'leadAirtableId'],
  ['lead_email', 'leadEmail'],
  ['lead_phone', 'leadPhone'],
  ['message_content', 'messageContent'],
  ['execution_id', 'executionId'],
  ['created_by', 'createdBy'],
  ['observed_at', 'observedAt'],
  ['idempotency_key', 'idempotencyKey'],
]);

function fieldsOf(event: unknown): Record<string, unknown> {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new Unsendable('an event must be an object');
  }
  try {
    return inOneSpelling(Object.entries(event));
  } catch (error) {
    throw error instanceof Unsendable ? error : new Unsendable(`the event cannot be read: ${reasonOf(error)}`);
  }
}

function inOneSpelling(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [given, value] of entries) {
    const name = SPELLINGS.get(given) ?? given;
    const other = fields[name];
    if (!isBlank(other) && !isBlank(value) && other !== value) {
      throw new Unsendable(`${name} is given in two spellings that say different things`);
    }
    if (isBlank(other)) fields[name] = value;
  }
  return fields;
}

/**
 * When it happened. An event that the program may log twice under a key of its own, without saying when, is one event all the
 * same: what differs is only when the program told of it.
 */
function whenOf(fields: Record<string, unknown>, hasOwnKey: boolean): object {
  const timestamp = timeIn(fields, 'timestamp');
  const observedAt = timeIn(fields, 'observedAt');
  if (timestamp !== undefined || observedAt !== undefined) return { timestamp, observedAt };
  const now = new Date().toISOString();
  return hasOwnKey ? { timestamp, observedAt: now } : { timestamp: now, observedAt };
}

/** A date that is none would become null, and the event would get the time of its arrival. */
function timeIn(fields: Record<string, unknown>, name: 'timestamp' | 'observedAt'): unknown {
  const time = fields[name];
  if (isBlank(time)) return undefined;
  if (!(time instanceof Date)) return time;
  if (Number.isNaN(time.getTime())) throw new Unsendable(`${name} is a Date that is no date`);
  return time.toISOString();
}

function textOf(fields: object): string {
  try {
    return JSON.stringify(fields);
  } catch (error) {
    throw new Unsendable(`the event cannot be written as JSON: ${reasonOf(error)}`);
  }
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** What was thrown, in words: anything can be thrown, also what cannot be turned into text. */
export function reasonOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'an error that says nothing';
  }
}
