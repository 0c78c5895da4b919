import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { parseJson } from '#domain/json.ts';
import { MISSING_FIELDS, type SubmitContext, toSubmission } from './log-activity.ts';

const CONTEXT: SubmitContext = { workspaceId: '11111111-1111-4111-8111-111111111111', userId: undefined };
const USER = '22222222-2222-4222-8222-222222222222';
const LEAD = '33333333-3333-4333-8333-333333333333';
const BODY = {
  eventType: 'MESSAGE_SENT',
  eventCategory: 'SMS',
  leadAirtableId: 'recABC123',
  description: 'SMS sent: Hey John',
  source: 'n8n:kJMMZ10anu4NqYUL',
};

const take = (body: unknown, context: Partial<SubmitContext> = {}) => toSubmission(body, { ...CONTEXT, ...context });

/** The refusal of a body. @throws Error when it is taken, or refused with anything but an AppError */
function refusal(body: unknown, context: Partial<SubmitContext> = {}): AppError {
  try {
    take(body, context);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

const pathsOf = (error: AppError) => error.issues.map(({ path }) => path);

describe('a body of the older system', () => {
  test('is translated whole', () => {
    const body = {
      ...BODY,
      messageContent: 'Hey John, saw your form submission.',
      metadata: { campaign_id: 'chatgpt_use_cases', phone: '4085551234', template_id: 'recXYZ789' },
      executionId: '28973',
      timestamp: '2025-11-07T08:15:05Z',
    };
    expect(take(body)).toEqual({
      workspaceId: CONTEXT.workspaceId,
      door: 'lead',
      type: 'MESSAGE_SENT',
      category: 'SMS',
      occurredAt: new Date('2025-11-07T08:15:05Z'),
      leadId: undefined,
      leadAirtableId: 'recABC123',
      leadEmail: undefined,
      leadPhone: undefined,
      description: body.description,
      message: body.messageContent,
      metadata: body.metadata,
      source: body.source,
      executionId: '28973',
      createdBy: undefined,
      actor: { type: 'INTEGRATION', id: null, label: body.source },
      idempotencyKey: undefined,
      bodyHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('may say nothing of a field by leaving it out, by null or by an empty text', () => {
    const silent = [
      'leadId',
      'leadEmail',
      'leadPhone',
      'messageContent',
      'metadata',
      'executionId',
      'createdBy',
      'timestamp',
    ];
    const { bodyHash, ...plain } = take(BODY);
    for (const nothing of [null, '']) {
      const body = { ...BODY, ...Object.fromEntries(silent.map((field) => [field, nothing])), idempotencyKey: nothing };
      expect(take(body)).toEqual({ ...plain, bodyHash: expect.any(String) });
    }
    expect(bodyHash).toHaveLength(64);
  });

  test('has one hash whatever the order of its members, and the key is no part of it', () => {
    const { bodyHash } = take({ ...BODY, metadata: { a: 1, b: 2 } });
    expect(take({ metadata: { b: 2, a: 1 }, ...BODY }).bodyHash).toBe(bodyHash);
    expect(take({ ...BODY, metadata: { a: 1, b: 2 }, idempotencyKey: 'k' }).bodyHash).toBe(bodyHash);
    expect(take({ ...BODY, metadata: { a: 1, b: 3 } }).bodyHash).not.toBe(bodyHash);
  });

  test('counts the execution as part of what it says only when there is no key', () => {
    const [first, second] = ['1', '2'].map((executionId) => ({ ...BODY, executionId }));
    expect(take(first).bodyHash).not.toBe(take(second).bodyHash);
    expect(take({ ...first, idempotencyKey: 'k' }).bodyHash).toBe(take({ ...second, idempotencyKey: 'k' }).bodyHash);
  });

  test('names its lead in the forms by which leads are found', () => {
    const { leadAirtableId, ...rest } = BODY;
    expect(take({ ...rest, leadId: LEAD.toUpperCase() }).leadId).toBe(LEAD);
    expect(take({ ...rest, leadEmail: 'John.Doe@Example.com' }).leadEmail).toBe('john.doe@example.com');
    expect(take({ ...rest, leadPhone: '+1 (408) 555-1234' }).leadPhone).toBe('4085551234');
    expect(take({ ...rest, leadPhone: 4085551234 }).leadPhone).toBe('4085551234');
    expect(leadAirtableId).toBe('recABC123');
  });

  test('numbers of executions become text', () => {
    expect(take({ ...BODY, executionId: 28973 }).executionId).toBe('28973');
  });
});

describe('who did it', () => {
  test('is the person named, else the person who logs, else the source', () => {
    const member = { userId: USER, email: 'ann@example.com', name: 'Ann' };
    const findMember = (_: string, reference: string) =>
      [USER, member.email].includes(reference) ? member : undefined;
    const ann = { createdBy: USER, actor: { type: 'USER', id: USER, label: 'ann@example.com' } };
    expect(take({ ...BODY, createdBy: USER }, { findMember })).toMatchObject(ann);
    expect(take({ ...BODY, createdBy: 'ann@example.com' }, { findMember })).toMatchObject(ann);
    expect(take(BODY, { findMember, userId: USER })).toMatchObject(ann);
    expect(take({ ...BODY, createdBy: USER }, { findMember, userId: USER })).toMatchObject(ann);
    expect(take(BODY).actor).toEqual({ type: 'INTEGRATION', id: null, label: BODY.source });
  });

  test('is no person when a service names one that nobody knows, or names the screen of an application as its source', () => {
    const label = (text: string) => ({ type: 'INTEGRATION', id: null, label: text });
    expect(take({ ...BODY, createdBy: USER })).toMatchObject({ createdBy: USER, actor: label(USER) });
    expect(take({ ...BODY, createdBy: 'Sarah' })).toMatchObject({ createdBy: undefined, actor: label('Sarah') });
    expect(take({ ...BODY, source: 'ui:campaign-enroll' }).actor).toEqual(label('ui:campaign-enroll'));
  });

  test('is nobody but the person who is signed in', () => {
    const error = refusal({ ...BODY, createdBy: LEAD }, { userId: USER });
    expect(error.issues).toEqual([{ path: 'createdBy', message: expect.stringContaining('you log as yourself') }]);
  });

  test('comes with the key that says so', () => {
    const serviceKey = { id: 'k1', name: 'n8n' };
    expect(take(BODY, { serviceKey }).serviceKey).toEqual(serviceKey);
  });
});

describe('missing fields', () => {
  test('are named, under the sentence that callers know', () => {
    const error = refusal({});
    expect(error.error).toBe(MISSING_FIELDS);
    expect(error.code).toBe('INVALID_INPUT');
    expect(pathsOf(error)).toEqual(['eventType', 'eventCategory', 'description', 'source', 'leadAirtableId']);
  });

  test.each(['eventType', 'eventCategory', 'description', 'source', 'leadAirtableId'])('%s', (field) => {
    for (const blank of [undefined, null, '', '   ']) {
      const error = refusal({ ...BODY, [field]: blank });
      expect(error.error).toBe(MISSING_FIELDS);
      expect(pathsOf(error)).toEqual([field]);
    }
  });

  test('are named beside those that are wrong', () => {
    const error = refusal({ ...BODY, description: '', leadEmail: 'nobody', timestamp: 'soon' });
    expect(pathsOf(error)).toEqual(['description', 'leadEmail', 'timestamp']);
    expect(error.error).toBe(MISSING_FIELDS);
    expect(refusal({ ...BODY, timestamp: 'soon' }).error).not.toBe(MISSING_FIELDS);
  });
});

describe('the time', () => {
  const at = (timestamp: unknown) => take({ ...BODY, timestamp }).occurredAt?.toISOString();

  test('is read as ISO 8601, without a zone as UTC, as milliseconds when it is a number', () => {
    expect(at('2025-11-07T08:15:05Z')).toBe('2025-11-07T08:15:05.000Z');
    expect(at('2025-11-07T03:15:05.123-05:00')).toBe('2025-11-07T08:15:05.123Z');
    expect(at('2025-11-07T08:15:05.123456+0000')).toBe('2025-11-07T08:15:05.123Z');
    expect(at('2025-11-07 08:15:05')).toBe('2025-11-07T08:15:05.000Z');
    expect(at(' 2025-11-07T08:15 ')).toBe('2025-11-07T08:15:00.000Z');
    expect(at('2025-11-07')).toBe('2025-11-07T00:00:00.000Z');
    expect(at(1762503305000)).toBe('2025-11-07T08:15:05.000Z');
  });

  test('agrees with the clock for every instant', () => {
    const instants = fc.date({ min: new Date('1970-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
    fc.assert(fc.property(instants, (date) => at(date.toISOString()) === date.toISOString()));
  });

  test('is not guessed', () => {
    for (const text of [
      'soon',
      'rec 1',
      'Nov 7 2025',
      '11/07/2025',
      '2025-02-30T00:00:00Z',
      '2025-13-01',
      '1762503305',
      1e300,
    ]) {
      expect(pathsOf(refusal({ ...BODY, timestamp: text }))).toEqual(['timestamp']);
    }
  });
});

describe('the moment at which the sender learned of it', () => {
  const AT = '2025-11-07T08:15:05.000Z';
  const LATER = '2025-11-07T09:00:00.000Z';

  test('is the time of an event whose own time nobody knows', () => {
    expect(take({ ...BODY, observedAt: AT })).toMatchObject({ occurredAt: new Date(AT), timeField: 'observedAt' });
    expect(take({ ...BODY, timestamp: AT, observedAt: LATER }).occurredAt).toEqual(new Date(AT));
    expect(take({ ...BODY, timestamp: null, observedAt: '' }).occurredAt).toBeUndefined();
    expect(pathsOf(refusal({ ...BODY, observedAt: 'soon' }))).toEqual(['observedAt']);
  });

  test('is kept in the metadata, with and without a time of the event itself', () => {
    const metadata = { observed_at: AT };
    expect(take({ ...BODY, observedAt: AT }).metadata).toEqual(metadata);
    expect(take({ ...BODY, observedAt: '2025-11-07T09:15:05+01:00' }).metadata).toEqual(metadata);
    const more = { timestamp: LATER, observedAt: AT, metadata: { a: 1 }, workflowName: 'UYSP' };
    expect(take({ ...BODY, ...more }).metadata).toEqual({ a: 1, ...metadata, other_fields: { workflowName: 'UYSP' } });
    expect(take({ ...BODY, observedAt: '' }).metadata).toBeUndefined();
    expect(take({ ...BODY, metadata: { a: 1 }, observedAt: null }).metadata).toEqual({ a: 1 });
  });

  test('leaves an observed_at of the caller in its place', () => {
    const own = { observed_at: 'at noon' };
    const kept = { ...own, other_fields: { observedAt: AT } };
    expect(take({ ...BODY, metadata: own, observedAt: AT }).metadata).toEqual(kept);
    expect(take({ ...BODY, metadata: own, observedAt: '' }).metadata).toEqual(own);
  });

  test('tells two deliveries of one event apart, not two events: beside a key it is no part of what was said', () => {
    const hashOf = (more: object) => take({ ...BODY, idempotencyKey: 'report-1', ...more }).bodyHash;
    const first = hashOf({ observedAt: AT, executionId: '1' });
    expect(hashOf({ observedAt: LATER, executionId: '2' })).toBe(first);
    expect(hashOf({})).toBe(first);
    expect(hashOf({ timestamp: AT })).not.toBe(first);
    expect(hashOf({ timestamp: AT })).not.toBe(hashOf({ timestamp: LATER }));
    const unkeyed = (observedAt: string) => take({ ...BODY, executionId: '1', observedAt }).bodyHash;
    expect(unkeyed(AT)).not.toBe(unkeyed(LATER));
  });
});

describe('idempotency keys', () => {
  test('come in the body or in the header; two that differ are refused', () => {
    expect(take({ ...BODY, idempotencyKey: ' a ' }).idempotencyKey).toBe('a');
    expect(take(BODY, { idempotencyKey: ' b ' }).idempotencyKey).toBe('b');
    expect(take({ ...BODY, idempotencyKey: 'c' }, { idempotencyKey: 'c' }).idempotencyKey).toBe('c');
    expect(pathsOf(refusal({ ...BODY, idempotencyKey: 'd' }, { idempotencyKey: 'e' }))).toEqual(['idempotencyKey']);
    expect(pathsOf(refusal(BODY, { idempotencyKey: ' ' }))).toEqual(['Idempotency-Key']);
    expect(pathsOf(refusal(BODY, { idempotencyKey: 'x'.repeat(256) }))).toEqual(['Idempotency-Key']);
  });
});

describe('what the interface does not know', () => {
  test('is kept beside the metadata', () => {
    const body = { ...BODY, metadata: { a: 1 }, workflowName: 'UYSP', retries: [1, 2] };
    expect(take(body).metadata).toEqual({ a: 1, other_fields: { workflowName: 'UYSP', retries: [1, 2] } });
    expect(take({ ...BODY, lead_id: LEAD }).metadata).toEqual({ other_fields: { lead_id: LEAD } });
  });

  test('is kept when it is named __proto__, and changes no prototype', () => {
    const text = JSON.stringify({ ...BODY, metadata: { b: 1 } }).replace('"b"', '"__proto__":{"admin":true},"b"');
    const metadata = take(JSON.parse(text)).metadata ?? {};
    expect(JSON.stringify(metadata)).toBe('{"__proto__":{"admin":true},"b":1}');
    expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype);
    const top = take(JSON.parse(`${JSON.stringify(BODY).slice(0, -1)},"__proto__":{"admin":true}}`));
    expect(JSON.stringify(top.metadata)).toBe('{"other_fields":{"__proto__":{"admin":true}}}');
  });
});

describe('metadata that cannot be kept as they are', () => {
  const refused = (text: string) => refusal(parseJson(`${JSON.stringify(BODY).slice(0, -1)},"metadata":${text}}`));

  test('nest too deep', () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(take(JSON.parse(JSON.stringify({ ...BODY, metadata: JSON.parse(nested(31)) }))).metadata).toBeDefined();
    expect(refused(nested(33)).issues).toEqual([{ path: 'metadata', message: 'must not nest deeper than 32 levels' }]);
    expect(pathsOf(refused(nested(100_000)))).toEqual(['metadata']);
    expect(pathsOf(refusal({ ...BODY, other: JSON.parse(nested(100_000)) }))).toEqual(['metadata']);
  });

  test('hold a number that would be rounded', () => {
    expect(refused('{"id":12345678901234567890}').issues[0]?.message).toContain('12345678901234567890');
    expect(pathsOf(refused('{"n":1e999}'))).toEqual(['metadata']);
    expect(pathsOf(refusal({ ...BODY, metadata: { n: Number.NaN } }))).toEqual(['metadata']);
  });

  test('are too large, or no object', () => {
    expect(refused(JSON.stringify({ a: 'x'.repeat(65_536) })).issues[0]?.message).toContain('64 KB');
    expect(pathsOf(refused(JSON.stringify({ a: Array(40_000).fill([]) })))).toEqual(['metadata']);
    for (const text of ['[]', '"{}"', '1', 'true']) expect(pathsOf(refused(text))).toEqual(['metadata']);
  });
});

describe('whatever is sent', () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withTypedArray: true,
  });
  const anyText = fc.string({ unit: 'binary', maxLength: 300 });
  const member = fc.oneof(
    anything,
    anyText,
    fc.constantFrom('', null, undefined, '2025-11-07T08:15:05Z', LEAD, 'a@b.co'),
  );
  const shape = Object.fromEntries(
    [
      ...Object.keys(BODY),
      'leadId',
      'leadEmail',
      'leadPhone',
      'messageContent',
      'metadata',
      'executionId',
      'createdBy',
      'timestamp',
      'observedAt',
      'idempotencyKey',
    ].map((field) => [field, member]),
  );
  const attempt = (body: unknown, idempotencyKey?: string) => {
    try {
      return take(body, { idempotencyKey });
    } catch (error) {
      expect(error).toBeInstanceOf(AppError);
      return undefined;
    }
  };

  test('is taken or refused with an error of the table', () => {
    fc.assert(
      fc.property(anything, fc.option(anyText, { nil: undefined }), (body, key) => void attempt(body, key)),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.record(shape, { requiredKeys: [] }), (body) => void attempt(body)),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(fc.record(shape, { requiredKeys: [] }), (body) => void attempt({ ...body, ...BODY })),
      { numRuns: 1000 },
    );
  });

  test('is refused also when it cannot be compared with a limit', () => {
    const trap = { length: { valueOf: 0, toString: 0 } };
    for (const field of ['eventType', 'leadEmail', 'messageContent', 'timestamp']) {
      expect(refusal({ ...BODY, [field]: trap }).code).toBe('INVALID_INPUT');
    }
  });

  test('is kept whole when it is taken: metadata are those of the body, member by member', () => {
    const dictionary = fc.dictionary(anyText, fc.jsonValue({ maxDepth: 6 }), { maxKeys: 8 });
    fc.assert(
      fc.property(dictionary, (metadata) => {
        const body: unknown = JSON.parse(JSON.stringify({ ...BODY, metadata }));
        expect(JSON.stringify(attempt(body)?.metadata)).toBe(JSON.stringify(metadata));
      }),
      { numRuns: 300 },
    );
  });
});

describe('what a failed expression of a workflow tool leaves behind', () => {
  const FIELDS = [
    ...['leadId', 'leadAirtableId', 'leadEmail', 'leadPhone', 'executionId', 'createdBy', 'idempotencyKey'],
    ...['timestamp', 'observedAt', 'eventType', 'eventCategory', 'source'],
  ];
  test.each(FIELDS)('%s is refused, saying once what to look at', (field) => {
    for (const value of ['{{ $json.id }}', 'undefined', 'null', '[object Object]', '={{ $json.id }}']) {
      const { issues, code } = refusal({ ...BODY, [field]: value });
      expect(code).toBe('INVALID_INPUT');
      expect(issues).toEqual([{ path: field, message: expect.stringContaining('in n8n') }]);
    }
  });

  test('the Idempotency-Key header', () => {
    const { issues } = refusal(BODY, { idempotencyKey: '{{ $execution.id }}' });
    expect(issues).toEqual([{ path: 'Idempotency-Key', message: expect.stringContaining('was not evaluated') }]);
  });

  test('texts for people keep it untouched', () => {
    const text = 'Hi {{ first_name }}, undefined [object Object]';
    const kept = take({ ...BODY, description: '=undefined', messageContent: text, metadata: { reason: 'null' } });
    expect(kept).toMatchObject({ description: '=undefined', message: text, metadata: { reason: 'null' } });
  });
});
