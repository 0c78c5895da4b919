/** Each flow of the four workflows that log: what sets it off, and which events it has to put into the book. */
import { CALENDLY, DELIVERY, REPLIES, SCHEDULER, TRIGGERS } from '../testing/names.ts';
import {
  calendlyCancelled,
  calendlyCreated,
  calendlyRescheduled,
  dueLead,
  simpleTextingDelivery,
  simpleTextingMessage,
  simpleTextingUnsubscribed,
} from '../testing/payloads.ts';
import type { AirtableRecord } from '../testing/world.ts';
import type { Execution } from './executions.ts';
import type { N8n } from './n8n.ts';

export interface Case {
  readonly name: string;
  readonly workflow: string;
  /** Types of the events, in order. */
  readonly types: readonly string[];
  readonly leads: readonly AirtableRecord[];
  /** How many of the events the bridge is told again when the flow is set off once more. */
  readonly repeats: number;
  /** Sets it off as round `round`: another one has other ids of the providers. */
  run(n8n: N8n, round: number): Promise<Execution[]>;
}

const PATHS: Readonly<Record<string, string>> = {
  [CALENDLY]: 'uysp-calendly',
  [REPLIES]: 'uysp-simpletexting-reply',
  [DELIVERY]: 'uysp-simpletexting-delivery',
};
const SARAH = {
  id: 'recSARAH000000001',
  fields: { Email: 'sarah.lee@example.com', Booked: true, 'Booked At': '2025-11-10T14:00:00.000Z' },
};
const DANA = { id: 'recDANA0000000001', fields: { Phone: '(408) 555-0134' } };

export const CASES: readonly Case[] = [
  {
    name: 'Scheduler, three leads',
    workflow: SCHEDULER,
    types: ['MESSAGE_SENT', 'MESSAGE_SENT', 'MESSAGE_SENT'],
    leads: dueLeads(3),
    // Those that were texted are not due any more.
    repeats: 0,
    run: async (n8n) => [await n8n.executeFrom(SCHEDULER, TRIGGERS[SCHEDULER] ?? '')],
  },
  byWebhook('Calendly: booked', CALENDLY, ['BOOKING_CONFIRMED'], SARAH, calendlyCreated),
  byWebhook('Calendly: rescheduled (two webhooks)', CALENDLY, ['BOOKING_RESCHEDULED'], SARAH, ...calendlyRescheduled),
  byWebhook('Calendly: cancelled', CALENDLY, ['BOOKING_CANCELLED'], SARAH, calendlyCancelled),
  byWebhook('Reply', REPLIES, ['INBOUND_REPLY'], DANA, simpleTextingMessage('Yes, Thursday works', '507f1reply')),
  byWebhook('Reply: STOP', REPLIES, ['OPT_OUT'], DANA, simpleTextingMessage('Stop!', '507f1stop')),
  byWebhook('Unsubscribe report', REPLIES, ['OPT_OUT'], DANA, simpleTextingUnsubscribed),
  byWebhook('Delivered', DELIVERY, ['MESSAGE_DELIVERED'], DANA, simpleTextingDelivery('DELIVERY_REPORT')),
  byWebhook('Not delivered', DELIVERY, ['MESSAGE_FAILED'], DANA, simpleTextingDelivery('NON_DELIVERED_REPORT')),
];

/** Leads that are due since long. */
export function dueLeads(count: number): AirtableRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const lead = dueLead(i + 1);
    return { ...lead, fields: { ...lead.fields, 'SMS Next At': '2025-01-01T00:00:00.000Z' } };
  });
}

function byWebhook(
  name: string,
  workflow: string,
  types: readonly string[],
  lead: AirtableRecord,
  ...bodies: readonly unknown[]
): Case {
  return {
    name,
    workflow,
    types,
    leads: [lead],
    // A provider that delivers once more has everything logged once more.
    repeats: types.length,
    async run(n8n, round) {
      const executions: Execution[] = [];
      for (const body of bodies) {
        executions.push(await n8n.callWebhook(workflow, PATHS[workflow] ?? '', ofRound(body, round)));
      }
      return executions;
    },
  };
}

const NUMBERED = /^(AAAAAAAA|BBBBBBBB|507f1|617f1)|\/invitees\//;

/** The same body with other ids of the provider. */
export function ofRound(body: unknown, round: number): unknown {
  const text = JSON.stringify(body, (_name, value: unknown) =>
    typeof value === 'string' && NUMBERED.test(value) ? `${value}-${round}` : value,
  );
  return JSON.parse(text);
}
