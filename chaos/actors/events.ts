import { fingerprint } from '../checker/fingerprint.ts';
import type { Random } from '../harness/random.ts';

/** An event as a client sends it, and what it keeps to compare. */
export interface SentEvent {
  /** Names it in the logs and, as its execution id, in the book. */
  readonly token: string;
  /** Undefined for one without an idempotency key: an identical body of the same execution is the same event. */
  readonly key: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
  readonly fingerprint: string;
}

const KINDS = [
  ['MESSAGE_SENT', 'SMS'],
  ['MESSAGE_DELIVERED', 'SMS'],
  ['INBOUND_REPLY', 'SMS'],
  ['BOOKING_CONFIRMED', 'BOOKING'],
] as const satisfies (readonly [string, string])[];
const WORDS = [
  'Hey',
  'Grüße',
  '你好',
  'مرحبا',
  '𝄞 music',
  '👩‍👩‍👧',
  'a "quoted" word',
  'back\\slash',
  'line\nbreak',
  'tab\t',
] as const;
/** Of ten events, how many come without a key, and how many leave their time to the server. */
const [KEYLESS, TIMELESS] = [0.1, 0.2];

export type EventMaker = () => SentEvent;

/** Events of one client, each other than all before it; `now` is what it takes for the time. */
export function createEventMaker(
  client: string,
  leads: readonly string[],
  random: Random,
  now: () => number,
): EventMaker {
  let made = 0;
  return () => {
    made += 1;
    const token = `${client}-${made}`;
    const [type, category] = random.pick(KINDS);
    const lead = leads[random.int(0, leads.length - 1)] ?? 'rec0chaos';
    const description = `${random.pick(WORDS)} ${token}`;
    const message = random.chance(0.5) ? `${random.pick(WORDS)} ${'x'.repeat(random.int(1, 200))}` : null;
    const metadata = {
      token,
      n: random.int(-1_000_000, 1_000_000),
      share: random.int(0, 1000) / 8,
      nested: { list: [1, null, random.pick(WORDS)], flag: random.chance(0.5) },
    };
    const at = random.chance(TIMELESS) ? null : now();
    const key = random.chance(KEYLESS) ? undefined : `chaos:${token}`;
    const content = { type, category, lead, description, message, metadata, source: `chaos:${client}` };
    const body = {
      eventType: type,
      eventCategory: category,
      leadAirtableId: lead,
      description,
      ...(message !== null && { messageContent: message }),
      metadata,
      source: content.source,
      executionId: token,
      ...(at !== null && { timestamp: new Date(at).toISOString() }),
      ...(key !== undefined && { idempotencyKey: key }),
    };
    return { token, key, body, fingerprint: fingerprint({ ...content, at }) };
  };
}
