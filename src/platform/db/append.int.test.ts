import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewActivity } from '#domain/activity.ts';
import { uuidv7 } from '#domain/ids.ts';
import { append, keyed, runOn, smsSent } from '#testing/append.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { appendActivities, checkActivities, type RunSql } from './append.ts';

let book: TestBook;
let workspaceId: string;
beforeAll(async () => {
  book = await createTestBook();
  workspaceId = await book.makeWorkspace();
});
afterAll(() => book.drop());

const outcomesOf = async (...activities: readonly NewActivity[]) =>
  (await append(book.pool, ...activities)).map(({ outcome }) => outcome);
const outcomeOf = async (values: Partial<NewActivity>) => (await outcomesOf(smsSent(workspaceId, values)))[0];

async function rowOf(id: string): Promise<Record<string, unknown>> {
  const { rows } = await book.pool.query('SELECT * FROM activity WHERE id = $1', [id]);
  expect(rows).toHaveLength(1);
  return rows[0];
}

async function lastActivityOf(leadId: string): Promise<string | undefined> {
  const { rows } = await book.pool.query('SELECT last_activity_at FROM leads WHERE id = $1', [leadId]);
  return rows[0].last_activity_at?.toISOString();
}

describe('a stored activity', () => {
  test('is in the book with every column, under the id it came with', async () => {
    const activity = smsSent(workspaceId, {
      door: 'integration',
      subjectKey: 'deal:456',
      message: 'Hey "Bob", 50% off \\ {now}, NULL',
      metadata: { nested: { list: [1, 2.5, true, null, 'ü'] }, 'a"b\\c': '' },
      executionId: '28973',
      actor: { type: 'WORKER', id: 'w-1', label: 'Worker, one' },
      createdBy: uuidv7(0),
      entityType: 'deal',
      entityId: '456',
      brandId: 'b',
      visibility: 'CLIENT',
      severity: 'WARNING',
      status: 'failed',
      success: false,
      errorCode: 'E1',
      errorMessage: 'no',
      durationMs: 12,
      sessionId: 's',
      url: 'https://example.com/?a={b,c}',
      httpMethod: 'POST',
      httpStatus: 502,
      direction: 'outgoing',
      callId: uuidv7(1),
      ip: '2001:db8::1',
      userAgent: 'curl/8',
      tags: ['a', 'b,c', '"d"', 'e\\', 'NULL', ''],
    });
    expect(await append(book.pool, activity)).toEqual([
      { outcome: 'stored', id: activity.id, occurredAt: activity.occurredAt },
    ]);
    expect(await rowOf(activity.id)).toMatchObject({
      door: 'integration',
      type: activity.type,
      category: activity.category,
      occurred_at: activity.occurredAt,
      subject_key: 'deal:456',
      subject_ref: 'deal:456',
      lead_airtable_id: null,
      description: activity.description,
      message: activity.message,
      metadata: activity.metadata,
      source: activity.source,
      execution_id: '28973',
      actor_type: 'WORKER',
      actor_id: 'w-1',
      actor_label: 'Worker, one',
      created_by: activity.createdBy,
      entity_type: 'deal',
      entity_id: '456',
      brand_id: 'b',
      visibility: 'CLIENT',
      severity: 'WARNING',
      status: 'failed',
      success: false,
      error_code: 'E1',
      error_message: 'no',
      duration_ms: 12,
      session_id: 's',
      url: activity.url,
      http_method: 'POST',
      http_status: 502,
      direction: 'outgoing',
      call_id: activity.callId,
      ip: '2001:db8::1',
      user_agent: 'curl/8',
      tags: activity.tags,
    });
  });

  test('has the defaults of the table where it says nothing, and no value where another of its batch has one', async () => {
    const [full, bare] = [smsSent(workspaceId, { severity: 'ERROR', tags: [], message: '' }), smsSent(workspaceId)];
    expect(await outcomesOf(full, bare)).toEqual(['stored', 'stored']);
    expect(await rowOf(full.id)).toMatchObject({ severity: 'ERROR', tags: [], message: '' });
    expect(await rowOf(bare.id)).toMatchObject({
      visibility: 'INTERNAL',
      severity: 'INFO',
      tags: null,
      message: null,
      metadata: null,
      subject_key: null,
    });
  });

  test('has its place in the order of the batch', async () => {
    const batch = Array.from({ length: 200 }, (_, i) => smsSent(workspaceId, { description: `no ${i}` }));
    await append(book.pool, ...batch);
    const ids = batch.map(({ id }) => id);
    const { rows } = await book.pool.query('SELECT id FROM activity WHERE id = ANY ($1) ORDER BY seq', [ids]);
    expect(rows.map(({ id }) => id)).toEqual(ids);
  });

  test('keeps any text; what Postgres cannot keep is shown in its place', async () => {
    const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 50 });
    const shown = (text: string) => text.replaceAll('\0', '\u2400').toWellFormed();
    await fc.assert(
      fc.asyncProperty(fc.array(anyText, { minLength: 1, maxLength: 20 }), async (texts) => {
        const batch = texts.map((text) =>
          smsSent(workspaceId, { description: text, metadata: { [`k${text}`]: text }, tags: [text] }),
        );
        await append(book.pool, ...batch);
        for (const [i, { id }] of batch.entries()) {
          const text = shown(texts[i] ?? '');
          const expected = { description: text, metadata: { [`k${text}`]: text }, tags: [text] };
          expect(await rowOf(id)).toMatchObject(expected);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('the lead of an activity', () => {
  test('is found by id, Airtable id, e-mail or phone; the reference stays as it was given', async () => {
    const leadId = await book.makeLead(workspaceId, {
      airtableRecordId: 'recFOUND',
      email: 'Found@Example.com',
      phone: '+1 (408) 555-1234',
    });
    const batch = [
      smsSent(workspaceId, { leadId }),
      smsSent(workspaceId, { leadAirtableId: 'recFOUND' }),
      smsSent(workspaceId, { leadEmail: 'found@example.com' }),
      smsSent(workspaceId, { leadPhone: '4085551234' }),
    ];
    expect(await outcomesOf(...batch)).toEqual(['stored', 'stored', 'stored', 'stored']);
    const refs = [`lead:${leadId}`, 'airtable:recFOUND', 'email:found@example.com', 'phone:4085551234'];
    for (const [i, { id }] of batch.entries()) {
      expect(await rowOf(id)).toMatchObject({ subject_key: `lead:${leadId}`, subject_ref: refs[i] });
    }
  });

  test('that is not known yet leaves the activity under the strongest reference', async () => {
    const activity = smsSent(workspaceId, { leadAirtableId: 'recLATER', leadEmail: 'later@example.com' });
    expect(await outcomesOf(activity)).toEqual(['stored']);
    expect(await rowOf(activity.id)).toMatchObject({
      subject_key: 'airtable:recLATER',
      subject_ref: 'airtable:recLATER',
      lead_airtable_id: 'recLATER',
    });
  });

  test('must be of the workspace', async () => {
    const elsewhere = await book.makeLead(await book.makeWorkspace(), { airtableRecordId: 'recELSEWHERE' });
    expect(await outcomeOf({ leadId: elsewhere })).toBe('unknown_lead');
    expect(await outcomeOf({ leadId: uuidv7(0) })).toBe('unknown_lead');
    const other = smsSent(workspaceId, { leadAirtableId: 'recELSEWHERE' });
    await append(book.pool, other);
    expect(await rowOf(other.id)).toMatchObject({ subject_key: 'airtable:recELSEWHERE' });
  });

  test('is ambiguous when several have the e-mail, until a phone number says which; the archived do not count', async () => {
    const email = 'shared@example.com';
    const one = await book.makeLead(workspaceId, { email, phone: '2025550101' });
    const two = await book.makeLead(workspaceId, { email, phone: '2025550102' });
    expect(await outcomeOf({ leadEmail: email })).toBe('ambiguous_lead');
    const told = smsSent(workspaceId, { leadEmail: email, leadPhone: '2025550102' });
    expect(await outcomesOf(told)).toEqual(['stored']);
    expect(await rowOf(told.id)).toMatchObject({ subject_key: `lead:${two}` });
    await book.pool.query('UPDATE leads SET archived_at = now() WHERE id = $1', [two]);
    const now = smsSent(workspaceId, { leadEmail: email });
    await append(book.pool, now);
    expect(await rowOf(now.id)).toMatchObject({ subject_key: `lead:${one}` });
  });

  test('must be the same by every reference that is known; one that is not known says nothing', async () => {
    const leadId = await book.makeLead(workspaceId, { airtableRecordId: 'recA', email: 'a@example.com' });
    await book.makeLead(workspaceId, { airtableRecordId: 'recB', email: 'b@example.com', phone: '3035550100' });
    expect(await outcomeOf({ leadId, leadAirtableId: 'recB' })).toBe('lead_mismatch');
    expect(await outcomeOf({ leadId, leadEmail: 'b@example.com' })).toBe('lead_mismatch');
    expect(await outcomeOf({ leadAirtableId: 'recA', leadPhone: '3035550100' })).toBe('lead_mismatch');
    expect(await outcomeOf({ leadEmail: 'a@example.com', leadPhone: '3035550100' })).toBe('lead_mismatch');
    expect(await outcomeOf({ leadId, leadAirtableId: 'recA', leadEmail: 'a@example.com' })).toBe('stored');
    expect(await outcomeOf({ leadId, leadAirtableId: 'recNOBODY', leadEmail: 'nobody@example.com' })).toBe('stored');
  });

  test('has lastActivityAt moved forward, never back, and by its own history alone', async () => {
    const leadId = await book.makeLead(workspaceId);
    const at = (day: number) => new Date(Date.UTC(2025, 10, day));
    await outcomesOf(
      smsSent(workspaceId, { leadId, occurredAt: at(3) }),
      smsSent(workspaceId, { leadId, occurredAt: at(5) }),
    );
    expect(await lastActivityOf(leadId)).toBe(at(5).toISOString());
    await outcomeOf({ leadId, occurredAt: at(4) });
    await outcomeOf({ leadId, occurredAt: at(9), door: 'workspace', type: 'lead.archived', category: 'SYSTEM' });
    expect(await lastActivityOf(leadId)).toBe(at(5).toISOString());
    await outcomeOf({ leadId, occurredAt: at(6), idempotency: keyed('moves') });
    await outcomeOf({ leadId, occurredAt: at(8), idempotency: keyed('moves') });
    expect(await lastActivityOf(leadId)).toBe(at(6).toISOString());
  });
});

describe('an idempotency key', () => {
  test('with the same body is a duplicate of the first, with another body a conflict', async () => {
    const first = smsSent(workspaceId, { idempotency: keyed('k1', { a: 1 }) });
    const later = { idempotency: keyed('k1', { a: 1 }), occurredAt: new Date('2025-11-08T00:00:00Z') };
    expect(await outcomesOf(first)).toEqual(['stored']);
    const [again] = await append(book.pool, smsSent(workspaceId, later));
    expect(again).toEqual({ outcome: 'duplicate', id: first.id, occurredAt: first.occurredAt });
    const [other] = await append(book.pool, smsSent(workspaceId, { idempotency: keyed('k1', { a: 2 }) }));
    expect(other).toMatchObject({ outcome: 'conflict', id: first.id });
    expect(await rowsWithKeyOf(first)).toBe(1);
  });

  test('is judged within a batch too, by the order of the batch', async () => {
    const [first, again, other, free] = [keyed('k2', 1), keyed('k2', 1), keyed('k2', 2), undefined].map((idempotency) =>
      smsSent(workspaceId, { idempotency }),
    ) as [NewActivity, NewActivity, NewActivity, NewActivity];
    const outcomes = await append(book.pool, first, again, other, free);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['stored', 'duplicate', 'conflict', 'stored']);
    expect(outcomes.map(({ id }) => id)).toEqual([first.id, first.id, first.id, free.id]);
  });

  test('is of one workspace', async () => {
    const elsewhere = await book.makeWorkspace();
    const batch = [workspaceId, elsewhere].map((id) => smsSent(id, { idempotency: keyed('k3') }));
    expect(await outcomesOf(...batch)).toEqual(['stored', 'stored']);
  });

  test('is not taken by an activity that is refused', async () => {
    const refused = { idempotency: keyed('k4'), leadId: uuidv7(0) };
    expect(await outcomesOf(smsSent(workspaceId, refused), smsSent(workspaceId, { idempotency: keyed('k4') }))).toEqual(
      ['unknown_lead', 'stored'],
    );
    expect(await outcomeOf(refused)).toBe('unknown_lead');
  });

  test('from which the id follows: the second is a duplicate of itself, in a batch and after it', async () => {
    const first = smsSent(workspaceId, { idempotency: keyed('k5', 1) });
    const later = { ...first, occurredAt: new Date('2025-12-24T00:00:00Z') };
    const other = { ...first, idempotency: keyed('k5', 2) };
    expect(await outcomesOf(first, later, other)).toEqual(['stored', 'duplicate', 'conflict']);
    expect(await append(book.pool, first, later, other)).toEqual([
      { outcome: 'duplicate', id: first.id, occurredAt: first.occurredAt },
      { outcome: 'duplicate', id: first.id, occurredAt: first.occurredAt },
      { outcome: 'conflict', id: first.id, occurredAt: first.occurredAt },
    ]);
    expect(await rowsWithKeyOf(first)).toBe(1);
  });
});

test('an activity without a key whose id is in the book is stored once, however often it is sent', async () => {
  const activity = smsSent(workspaceId);
  expect(await outcomesOf(activity, activity)).toEqual(['stored', 'stored']);
  expect(await outcomesOf(activity)).toEqual(['stored']);
  expect(await rowsWithKeyOf(activity)).toBe(1);
});

test('leads and keys are looked up by their indexes, also by plans that were made when there were few', async () => {
  const small = await createTestBook();
  const home = await small.makeWorkspace();
  await small.makeLead(home, { airtableRecordId: 'rec0' });
  await small.pool.query('ANALYZE leads, activity_key');
  const client = await small.pool.connect();
  const run: RunSql = async (text, values) => (await client.query({ name: 'append', text, values: [...values] })).rows;
  await client.query('SELECT ensure_activity_month($1)', [smsSent(home).occurredAt]);
  for (let turn = 0; turn < 10; turn += 1) {
    await appendActivities(run, [smsSent(home, { leadAirtableId: 'rec0', idempotency: keyed(`few ${turn}`) })]);
  }
  await client.query(
    `INSERT INTO leads (id, workspace_id, airtable_record_id, email_key)
     SELECT gen_random_uuid(), $1, 'rec' || n, 'lead' || n || '@example.com' FROM generate_series(1, 2000) n`,
    [home],
  );
  const tables = ['leads', 'activity_key'];
  const scans = async () => {
    await client.query('SELECT pg_stat_force_next_flush()');
    const sql = 'SELECT sum(seq_scan) AS scans FROM pg_stat_user_tables WHERE relname = ANY ($1)';
    return Number((await client.query(sql, [tables])).rows[0].scans);
  };
  const before = await scans();
  const batch = Array.from({ length: 50 }, (_, n) =>
    smsSent(
      home,
      n % 2 ? { leadAirtableId: `rec${n}` } : { leadEmail: `lead${n}@example.com`, idempotency: keyed(`${n}`) },
    ),
  );
  await appendActivities(run, batch);
  await appendActivities(run, batch);
  expect((await scans()) - before).toBe(0);
  client.release();
  await small.drop();
});

test('a check answers what the append would, and writes nothing', async () => {
  const check = (...batch: readonly NewActivity[]) => checkActivities(runOn(book.pool), batch);
  const first = smsSent(workspaceId, { idempotency: keyed('checked', 1) });
  expect(await check(first)).toEqual([{ outcome: 'stored', id: first.id, occurredAt: first.occurredAt }]);
  expect(await outcomesOf(first)).toEqual(['stored']);
  const outcomes = await check(
    smsSent(workspaceId, { idempotency: keyed('checked', 1) }),
    smsSent(workspaceId, { idempotency: keyed('checked', 2) }),
    smsSent(workspaceId, { leadId: uuidv7(0) }),
    smsSent(workspaceId),
  );
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['duplicate', 'conflict', 'unknown_lead', 'stored']);
  expect(outcomes[0]).toMatchObject({ id: first.id, occurredAt: first.occurredAt });
  expect(await rowsWithKeyOf(first)).toBe(1);
});

async function rowsWithKeyOf({ id }: NewActivity): Promise<number> {
  const { rows } = await book.pool.query('SELECT count(*) AS count FROM activity WHERE id = $1', [id]);
  return rows[0].count;
}
