import { expect, it } from 'vitest';
import { LEAD_TYPES } from '#domain/catalogue/index.ts';
import { createRandom } from './random.ts';
import type { Call, LiveLead } from './scenes.ts';
import { createScript } from './script.ts';

const LEADS = Array.from({ length: 40 }, (_, i): LiveLead => {
  const campaign = { key: 'pricing_webinar', name: 'Pricing Webinar' };
  const names = { firstName: `First${i}`, lastName: `Last${i}`, company: 'Alder Labs', pm: 'Nadia' };
  return { id: `lead-${i}`, airtableRecordId: `rec${i}`, phone: `202-555-01${i + 10}`, score: 50, campaign, ...names };
});

function play(calls: number): { readonly at: number; readonly call: Call }[] {
  const [first, ...others] = LEADS;
  if (!first) throw new Error('no leads');
  const script = createScript(createRandom('script'), [first, ...others]);
  return Array.from({ length: calls }, (_, i) => ({ at: i * 500, call: script.next(i * 500) }));
}

const played = play(3_000);
const bodies = played.map(({ call }): Record<string, unknown> => ({ ...call.body }));

it('never runs dry, and tells of every type that traffic can bring', () => {
  expect(played.every(({ call }) => call.path.startsWith('/api/'))).toBe(true);
  const types = new Set(bodies.map(({ eventType }) => eventType));
  const byOtherMeans = ['CAMPAIGN_', 'STATUS_', 'NOTE_', 'LEAD_', 'ENRICHMENT_', 'ICP_', 'NURTURE_', 'CIRCUIT_'];
  const expected = LEAD_TYPES.map(({ name }) => name).filter(
    (name) => !byOtherMeans.some((start) => name.startsWith(start)),
  );
  expect(expected.filter((name) => !types.has(name))).toEqual([]);
});

it('sends metadata as the catalogue wants it', () => {
  for (const { eventType, eventCategory, metadata } of bodies) {
    if (eventType === undefined) continue;
    const type = LEAD_TYPES.find(({ name }) => name === eventType);
    expect([eventType, eventCategory]).toEqual([type?.name, type?.category]);
    expect([eventType, type?.metadata.safeParse(metadata).error]).toEqual([eventType, undefined]);
  }
});

it('delivers a message after it was sent, and says nothing to who opted out', () => {
  const sent = new Map<unknown, number>();
  const stopped = new Set<unknown>();
  for (const { eventType, leadAirtableId } of bodies) {
    const open = sent.get(leadAirtableId) ?? 0;
    if (eventType === 'MESSAGE_SENT') {
      expect(stopped.has(leadAirtableId)).toBe(false);
      sent.set(leadAirtableId, open + 1);
    }
    if (eventType === 'MESSAGE_DELIVERED') {
      expect(open).toBeGreaterThan(0);
      sent.set(leadAirtableId, open - 1);
    }
    if (eventType === 'OPT_OUT') stopped.add(leadAirtableId);
  }
  expect(stopped.size).toBeGreaterThan(0);
});

it('brings new leads after their first events', () => {
  const known = new Set<unknown>(LEADS.map(({ airtableRecordId }) => airtableRecordId));
  const early = new Set(
    bodies.flatMap(({ leadAirtableId: id }) => (typeof id === 'string' && !known.has(id) ? [id] : [])),
  );
  const synced = new Set(
    bodies.flatMap(({ airtableRecordId: id }) => (typeof id === 'string' && early.has(id) ? [id] : [])),
  );
  expect(synced.size).toBeGreaterThan(5);
});
