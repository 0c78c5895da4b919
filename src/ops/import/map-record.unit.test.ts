import { describe, expect, it } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { type ImportMappingInput, importMapping } from '#domain/import-mapping.ts';
import { type Notices, RejectedRecord } from './cells.ts';
import { compileMapping } from './map-record.ts';

const BASE: ImportMappingInput = {
  name: 'test',
  key: '{id}',
  lead: { airtableId: '{lead}', phone: '{phone}' },
  source: 'old:system',
  events: [
    {
      type: { column: 'event', map: { Sent: 'MESSAGE_SENT' } },
      time: { column: 'at', format: 'YYYY-MM-DD HH:mm' },
      description: 'SMS: {text}',
      message: '{text}',
      metadata: {
        step: { column: 'step', as: 'integer' },
        ok: { column: 'ok', as: 'boolean' },
        extra: { column: 'extra', as: 'json' },
        origin: { constant: { system: 'old' } },
        due: { column: 'due', as: 'time', format: 'iso' },
      },
    },
  ],
};
const RECORD = { id: '7', lead: 'rec1', event: ' sent ', at: '2025-09-17 08:15', text: 'Hi' };

function mapperOf(change: Partial<ImportMappingInput> = {}, zone = 'America/New_York', aliases = {}) {
  return compileMapping(importMapping.parse({ ...BASE, ...change }), zone, new Map(Object.entries(aliases)));
}

function map(values: object, change: Partial<ImportMappingInput> = {}) {
  const notes: string[] = [];
  const notices: Notices = { note: (kind, column, detail) => void notes.push(`${kind} ${column} ${detail}`) };
  return { ...mapperOf(change).map({ ...values }, notices), notes };
}

function refusal(values: object, change: Partial<ImportMappingInput> = {}): RejectedRecord {
  try {
    map(values, change);
  } catch (error) {
    if (error instanceof RejectedRecord) return error;
    throw error;
  }
  throw new Error('it was taken');
}

describe('a record', () => {
  it('becomes an event in the words of the door, at its time in the time zone of the workspace', () => {
    const { key, lead, events } = map({ ...RECORD, step: '2', ok: 'yes', extra: '{"a":[1]}', due: '2025-09-18' });
    expect(key).toBe('7');
    expect(lead).toEqual({ leadId: '', leadAirtableId: 'rec1', leadEmail: '', leadPhone: '' });
    expect(events[0]?.body).toEqual({
      eventType: 'MESSAGE_SENT',
      description: 'SMS: Hi',
      messageContent: 'Hi',
      metadata: {
        step: 2,
        ok: true,
        extra: { a: [1] },
        origin: { system: 'old' },
        due: '2025-09-18T04:00:00.000Z',
      },
      source: 'old:system',
      executionId: undefined,
      timestamp: '2025-09-17T12:15:00.000Z',
    });
  });

  it('keeps to the clock where it is set', () => {
    const at = (time: string) => map({ ...RECORD, at: time }).events[0]?.at.toISOString();
    expect(at('2025-03-09 01:30')).toBe('2025-03-09T06:30:00.000Z');
    expect(at('2025-03-09 03:30')).toBe('2025-03-09T07:30:00.000Z');
    expect(at('2025-11-02 01:30')).toBe('2025-11-02T05:30:00.000Z');
    expect(at('2025-11-03 01:30')).toBe('2025-11-03T06:30:00.000Z');
  });

  it.each([
    ['a word that the map does not have', { event: 'Queued' }, 'UNKNOWN_WORD', 'event'],
    ['a time that does not fit', { at: '17/09/2025' }, 'BAD_TIME', 'at'],
    ['no time', { at: ' ' }, 'NO_TIME', 'at'],
    ['no key', { id: '' }, 'NO_KEY', 'id'],
    ['a number that is none', { step: 'two' }, 'BAD_VALUE', 'step'],
    ['a number too large to be kept', { step: '12345678901234567890' }, 'BAD_VALUE', 'step'],
    ['JSON that is none', { extra: '{' }, 'BAD_VALUE', 'extra'],
  ])('with %s is refused, and told where', (_, change, code, path) => {
    const error = refusal({ ...RECORD, ...change });
    expect([error.code, error.issues[0]?.path]).toEqual([code, path]);
  });

  it('has those of the mapping’s events whose conditions hold', () => {
    const [event] = BASE.events;
    if (!event) throw new Error('no event');
    const events = [
      { ...event, name: 'one', when: [{ column: 'stage', is: ['Won', 'Lost'] }] },
      {
        ...event,
        name: 'two',
        when: [
          { column: 'stage', isNot: ['won'] },
          { column: 'text', present: true },
        ],
      },
    ];
    const names = (values: object) => map({ ...RECORD, ...values }, { events }).events.map(({ name }) => name);
    expect(names({ stage: 'won' })).toEqual(['one']);
    expect(names({ stage: 'Lost' })).toEqual(['one', 'two']);
    expect(names({ stage: '', text: '' })).toEqual([]);
  });

  it('is taken with what is worth knowing', () => {
    const change: Partial<ImportMappingInput> = {
      createLeads: {
        company: { column: 'account', reportEmpty: true },
        title: { column: 'product', corrections: { GTXPro: 'GTX Pro' } },
      },
    };
    const { newLead, notes } = map({ ...RECORD, product: 'GTXPro', account: '' }, change);
    expect(newLead).toEqual({ title: 'GTX Pro', airtableRecordId: 'rec1' });
    expect(notes).toEqual(['empty account is empty', 'corrected product "GTXPro" → "GTX Pro"']);
  });
});

describe('a mapping', () => {
  it('says every rule that cannot be', () => {
    const [event] = BASE.events;
    const broken = {
      key: '{id',
      events: [{ ...event, time: { column: 'at', format: 'DD-MM-YY' }, description: 'a } b' }],
    } as Partial<ImportMappingInput>;
    try {
      mapperOf(broken);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      expect(error.issues.map(({ path }) => path)).toEqual(['key', 'events.0.time', 'events.0.description']);
      return;
    }
    throw new Error('it was taken');
  });

  it('names what is wrong with its form', () => {
    const { error } = importMapping.safeParse({ ...BASE, nmae: 'x', lead: {}, timeZone: 'Mars/Base', events: [] });
    expect(error?.issues.map(({ path, code }) => [path.join('.'), code]).sort()).toEqual([
      ['', 'unrecognized_keys'],
      ['events', 'too_small'],
      ['lead', 'custom'],
      ['timeZone', 'custom'],
    ]);
  });

  it('knows which of its columns a file lacks, under whatever name', () => {
    const columns = ['id', 'Occurred', 'event', 'lead', 'text'];
    expect(mapperOf().missing(columns).needed).toEqual(['at']);
    const renamed = mapperOf({}, 'UTC', { at: 'Occurred' });
    expect(renamed.missing(columns)).toEqual({ needed: [], optional: ['step', 'ok', 'extra', 'due', 'phone'] });
    expect(mapperOf().missing(['id', 'at', 'event']).needed).toEqual(['lead', 'phone']);
    const record = { ...RECORD, at: undefined, Occurred: '2025-09-17 08:15' };
    expect(renamed.map(record, { note: () => undefined }).events[0]?.at).toEqual(new Date('2025-09-17T08:15:00Z'));
  });
});
