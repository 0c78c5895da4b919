import { hostname } from 'node:os';
import { afterAll, afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { AlertKind, AlertView } from '#domain/alert.ts';
import type { UserPrincipal } from '#domain/principal.ts';
import type { FallbackState } from '#ingest/index.ts';
import { alertAdmin, changeRule, createTestAlerts, type TestAlerts } from '#testing/alerts.ts';
import { createTestBook } from '#testing/book.ts';
import { createManualClock, type ManualClock } from '#testing/clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = new Date('2025-11-07T08:00:00.000Z');
const book = await createTestBook();
const { pool } = book;
afterAll(() => book.drop());

let clock: ManualClock;
let process: TestAlerts;
let workspaceId: string;
let admin: UserPrincipal;
let spool: FallbackState['spool'] | undefined;

beforeEach(async () => {
  clock = createManualClock(NOW);
  spool = undefined;
  process = createTestAlerts({ pool, clock, fallback: () => spool && { spool, outage: undefined } });
  await pool.query('TRUNCATE alert_failed_login, server_process');
  // What the tests before have left stays in the book: nobody looks at it again, and each round is as long as the first.
  await pool.query('UPDATE alert_rule SET enabled = false');
  workspaceId = await book.makeWorkspace('Europe/Berlin');
  admin = alertAdmin(workspaceId);
});
afterEach(() => process.remove());

const ago = (minutes: number) => new Date(clock.now().getTime() - minutes * MINUTE);
async function found(kind: AlertKind, workspace = workspaceId): Promise<AlertView[]> {
  await process.alerts.evaluate();
  return (await process.alerts.open(workspace)).filter((alert) => alert.kind === kind);
}
const factOf = (alert: AlertView | undefined, label: string) =>
  alert?.facts.find((fact) => fact.label === label)?.value;

describe('persistent failures', () => {
  test('count failures that were reported, as they happened', async () => {
    await changeRule(process.alerts, admin, 'persistent-failures', { params: { threshold: 2 } });
    const failed = { type: 'MESSAGE_FAILED', source: 'n8n:sms' };
    await book.log(workspaceId, ...[1, 2, 20].map((minutes) => ({ ...failed, occurredAt: ago(minutes) })));
    const [alert, ...others] = await found('persistent-failures');
    expect(others).toEqual([]);
    expect(alert?.summary).toBe('2 failures reported: in the book.');
  });
});

test('asking whose an event is reports no failure', async () => {
  await pool.query(
    `INSERT INTO quarantine (id, workspace_id, door, type, source, body, body_hash, code, message, received_at,
       last_received_at, repeats, waits_for)
     VALUES (gen_random_uuid(), $1, 'lead', 'INBOUND_REPLY', 'n8n:replies', '{}', 'whose', 'UNKNOWN_LEAD', 'Whose?', $2, $2,
       40, 'airtable:recNOBODY')`,
    [workspaceId, ago(1)],
  );
  expect(await found('persistent-failures')).toEqual([]);
});

describe('quarantine growth', () => {
  test('is what is new and waits still, with the reasons', async () => {
    await changeRule(process.alerts, admin, 'quarantine-growth', { params: { threshold: 3 } });
    const keep = (id: number, minutes: number, state = 'waiting') =>
      pool.query(
        `INSERT INTO quarantine (id, workspace_id, door, body, body_hash, code, message, received_at, last_received_at, state)
         VALUES (gen_random_uuid(), $1, 'lead', '{}', $2, 'UNKNOWN_TYPE', 'No.', $3, $3, $4)`,
        [workspaceId, `h${id}`, ago(minutes), state],
      );
    for (const [id, minutes] of [1, 2, 90].entries()) await keep(id, minutes);
    await keep(9, 1, 'replayed');
    expect(await found('quarantine-growth')).toEqual([]);
    await keep(10, 3);
    const [alert] = await found('quarantine-growth');
    expect(factOf(alert, 'Waiting')).toBe('4 events');
    expect(factOf(alert, 'Reasons')).toBe('Unknown event type (3)');
  });
});

describe('a spool', () => {
  const state = (values: Partial<FallbackState['spool']>): FallbackState['spool'] => ({
    bytes: 0,
    maxBytes: 2 ** 30,
    records: 0,
    segments: 1,
    oldestAt: null,
    damaged: 0,
    draining: true,
    rate: 0,
    drained: 0,
    refused: 0,
    dropped: 0,
    ...values,
  });

  test.each([
    ['many events', { records: 1_000 }, 'warning'],
    ['half full', { records: 1, bytes: 2 ** 29 }, 'warning'],
    ['old', { records: 1, oldestAt: ago0(11) }, 'warning'],
    ['nearly full', { records: 1, bytes: 1_020_000_000 }, 'critical'],
  ] as const)('in use is seen by every workspace: %s', async (_, values, severity) => {
    spool = state(values);
    expect(await found('spool-in-use')).toMatchObject([
      { severity, subject: expect.stringContaining(process.dataDir) },
    ]);
    spool = state({});
    await found('spool-in-use');
    await clock.advance(3 * MINUTE);
    expect(await found('spool-in-use')).toEqual([]);
  });

  test('of a process that says nothing any more is forgotten', async () => {
    spool = state({ records: 5_000 });
    expect(await found('spool-in-use')).toHaveLength(1);
    spool = undefined;
    for (const minutes of [3, 3]) {
      await clock.advance(minutes * MINUTE);
      await process.alerts.evaluate();
    }
    expect(await found('spool-in-use')).toEqual([]);
  });

  test('of a process that stopped is not looked at from then on', async () => {
    spool = state({ records: 5_000 });
    expect(await found('spool-in-use')).toHaveLength(1);
    spool = undefined;
    await pool.query('UPDATE server_process SET stopped_at = beat_at');
    await clock.advance(MINUTE / 2);
    expect(await found('spool-in-use')).toHaveLength(1);
    await clock.advance(2 * MINUTE);
    expect(await found('spool-in-use')).toEqual([]);
  });

  test('is that of a place, also where processes share it', async () => {
    spool = state({ records: 600, bytes: 10 });
    const other = createTestAlerts({
      pool,
      clock,
      dataDir: process.dataDir,
      fallback: () => spool && { spool, outage: undefined },
    });
    await other.alerts.evaluate();
    const [alert, ...others] = await found('spool-in-use');
    expect(others).toEqual([]);
    expect(alert?.subject).toBe(`${hostname()}:${process.dataDir}`);
    expect(factOf(alert, 'Waiting')).toBe('1,200 events');
    const { rows } = await pool.query('SELECT place FROM server_process');
    expect(rows.map(({ place }) => place)).toEqual([alert?.subject, alert?.subject]);
  });
});

function ago0(minutes: number): Date {
  return new Date(NOW.getTime() - minutes * MINUTE);
}

describe('sent without delivered', () => {
  const message = (type: string, minutes: number, lead: string, id?: string) => ({
    type,
    source: 'n8n:scheduler',
    occurredAt: ago(minutes),
    leadAirtableId: lead,
    ...(id !== undefined && { metadata: { simpletexting_id: id } }),
  });
  beforeEach(async () => {
    await changeRule(process.alerts, admin, 'undelivered', { params: { threshold: 3, percent: 50 } });
  });

  test('goes by the id of the provider, else by the lead', async () => {
    await book.log(
      workspaceId,
      ...['a', 'b', 'c', 'd'].map((id) => message('MESSAGE_SENT', 40, `rec${id}`, id)),
      message('MESSAGE_DELIVERED', 39, 'reca', 'a'),
      // Of an earlier message to the same lead.
      message('MESSAGE_DELIVERED', 39, 'recb', 'earlier'),
      // Sent without an id, and answered.
      message('MESSAGE_SENT', 40, 'rece'),
      message('INBOUND_REPLY', 10, 'rece'),
    );
    const [alert] = await found('undelivered');
    expect(factOf(alert, 'Not delivered')).toBe('3 of 5 messages (60 %)');
    expect(factOf(alert, 'Message ids')?.split(', ').sort()).toEqual(['b', 'c', 'd']);
  });

  test('finds a delivery under another key of the same lead', async () => {
    await book.log(workspaceId, ...['1', '2', '3'].map((lead) => message('MESSAGE_SENT', 40, `rec${lead}`)));
    for (const lead of ['1', '2', '3']) await book.makeLead(workspaceId, { airtableRecordId: `rec${lead}` });
    await book.log(workspaceId, ...['1', '2', '3'].map((lead) => message('MESSAGE_DELIVERED', 35, `rec${lead}`)));
    expect(await found('undelivered')).toEqual([]);
  });

  test('finds a delivery behind any number of other answers', async () => {
    await pool.query(
      `INSERT INTO activity (id, workspace_id, door, type, category, occurred_at, recorded_at, description, source, subject_key)
       SELECT gen_random_uuid(), $1, 'lead', 'INBOUND_REPLY', 'SMS', $2, $2, 'x', 'n8n:replies', 'airtable:recX'
       FROM generate_series(1, 100000)`,
      [workspaceId, ago(20)],
    );
    const both = (id: string) => [
      message('MESSAGE_SENT', 40, `rec${id}`, id),
      message('MESSAGE_DELIVERED', 39, `other${id}`, id),
    ];
    await book.log(workspaceId, ...['1', '2', '3'].flatMap(both));
    expect(await found('undelivered')).toEqual([]);
  });

  test('is not judged while deliveries may wait in a spool', async () => {
    const sent = ['1', '2', '3'].map((lead) => message('MESSAGE_SENT', 40, `rec${lead}`));
    await book.log(workspaceId, ...sent, message('MESSAGE_DELIVERED', 300, 'rec9'));
    const waiting = { bytes: 1, maxBytes: 2 ** 30, records: 3, segments: 1, oldestAt: null, damaged: 0 };
    spool = { ...waiting, draining: true, rate: 0, drained: 0, refused: 0, dropped: 0 };
    expect(await found('undelivered')).toEqual([]);
    spool = { ...spool, records: 0 };
    expect(await found('undelivered')).toHaveLength(1);
  });

  test('is nothing to miss where deliveries are not recorded, nor before their time, nor long after', async () => {
    const sent = (minutes: number) => ['1', '2', '3'].map((lead) => message('MESSAGE_SENT', minutes, `rec${lead}`));
    await book.log(workspaceId, ...sent(40));
    expect(await found('undelivered')).toEqual([]);
    const other = await book.makeWorkspace();
    await changeRule(process.alerts, alertAdmin(other), 'undelivered', { params: { threshold: 3 } });
    await book.log(other, ...sent(20), ...sent(100), message('MESSAGE_DELIVERED', 300, 'rec9'));
    expect(await found('undelivered', other)).toEqual([]);
  });
});

describe('a source', () => {
  /** Arrivals, put where ingest puts them, with the time at which they were taken. */
  async function arrive(source: string, times: readonly Date[]): Promise<void> {
    await pool.query(
      'SELECT ensure_activity_month(at) FROM (SELECT DISTINCT date_trunc($2, at) AS at FROM unnest($1::timestamptz[]) at) m',
      [times, 'month'],
    );
    await pool.query(
      `INSERT INTO activity (id, workspace_id, door, type, category, occurred_at, recorded_at, description, source)
       SELECT gen_random_uuid(), $1, 'lead', 'MESSAGE_SENT', 'SMS', at, at, 'x', $2 FROM unnest($3::timestamptz[]) at`,
      [workspaceId, source, times],
    );
  }
  const every = (minutes: number, from: number, to: number) =>
    Array.from({ length: Math.floor((from - to) / minutes) + 1 }, (_, index) => ago(from - index * minutes));
  const WEEK = 7 * 24 * 60;
  const silent = async () =>
    (await process.alerts.open(workspaceId))
      .filter(({ kind }) => kind === 'source-silent')
      .map(({ subject }) => subject)
      .toSorted();

  test('that was regular for weeks and stops is silent, says what was expected, and is over when it comes again', async () => {
    await arrive('n8n:regular', every(20, 5 * WEEK, 10));
    await arrive('ui:people', every(20, 5 * WEEK, 200));
    expect(await found('source-silent')).toEqual([]);
    await clock.advance(2 * HOUR);
    const [alert, ...others] = await found('source-silent');
    expect(others).toEqual([]);
    expect(alert).toMatchObject({ subject: 'n8n:regular', title: 'A source has gone silent' });
    expect(factOf(alert, 'Silent for')).toBe('2 hours 20 minutes');
    expect(factOf(alert, 'Expected')).toBe('at most 20 minutes at this time of the week');
    expect(factOf(alert, 'Alerts after')).toBe('1 hour');
    expect(factOf(alert, 'Learned from')).toBe('5 weeks');
    await clock.advance(40 * HOUR);
    expect(await found('source-silent')).toHaveLength(1);
    await arrive('n8n:regular', [clock.now()]);
    await found('source-silent');
    await clock.advance(3 * MINUTE);
    expect(await found('source-silent')).toEqual([]);
  });

  test('that is known for two weeks alarms nobody, whatever it does', async () => {
    await arrive('n8n:young', every(10, 2 * WEEK, 600));
    expect(await found('source-silent')).toEqual([]);
  });

  test('is not judged while events wait in a spool', async () => {
    await arrive('n8n:regular', every(20, 5 * WEEK, 120));
    const waiting = { bytes: 1, maxBytes: 2 ** 30, records: 1, segments: 1, oldestAt: null, damaged: 0 };
    spool = { ...waiting, draining: true, rate: 0, drained: 0, refused: 0, dropped: 0 };
    expect(await found('source-silent')).toEqual([]);
    spool = { ...spool, records: 0 };
    expect(await found('source-silent')).toHaveLength(1);
  });

  test('is not judged while counting is so far behind the book that it may have come since', async () => {
    await arrive('n8n:regular', every(20, 5 * WEEK, 120));
    await arrive('n8n:gone', every(20, 5 * WEEK, 120));
    await process.alerts.evaluate();
    expect(await silent()).toEqual(['n8n:gone', 'n8n:regular']);
    await arrive('n8n:regular', [clock.now()]);
    await found('source-silent');
    await clock.advance(3 * MINUTE);
    await found('source-silent');
    expect(await silent()).toEqual(['n8n:gone']);
    // It is quiet again for as long, and what has come from it meanwhile stands behind very much else.
    await clock.advance(3 * HOUR);
    await pool.query(
      `INSERT INTO activity (id, workspace_id, door, type, category, occurred_at, recorded_at, description, source)
       SELECT gen_random_uuid(), $1, 'lead', 'MESSAGE_SENT', 'SMS', $2, $2, 'x', 'n8n:flood' FROM generate_series(1, 41000)`,
      [workspaceId, ago(1)],
    );
    await arrive('n8n:regular', [ago(0)]);
    await process.alerts.evaluate();
    // What stands, stands: nothing is known of that one either.
    expect(await silent()).toEqual(['n8n:gone']);
    await process.alerts.evaluate();
    expect(await silent()).toEqual(['n8n:gone']);
    await clock.advance(20 * HOUR);
    await process.alerts.evaluate();
    expect(await silent()).toEqual(['n8n:gone', 'n8n:regular']);
  });

  test('is not called silent when counting fails: the rule is, and no other', async () => {
    await arrive('n8n:regular', every(20, 5 * WEEK, 120));
    await changeRule(process.alerts, admin, 'persistent-failures', { params: { threshold: 1 } });
    await book.log(workspaceId, { type: 'MESSAGE_FAILED', source: 'n8n:sms', occurredAt: ago(1) });
    await pool.query('ALTER TABLE source_span ADD CONSTRAINT closed CHECK (false) NOT VALID');
    try {
      await process.alerts.evaluate();
      await clock.advance(2 * MINUTE);
      const open = await found('alert-delivery');
      expect(open).toMatchObject([{ title: 'A rule cannot be evaluated' }]);
      expect(factOf(open[0], 'Reason')).toContain('closed');
      expect(await found('persistent-failures')).toHaveLength(1);
      expect(await silent()).toEqual([]);
    } finally {
      await pool.query('ALTER TABLE source_span DROP CONSTRAINT closed');
    }
    await process.alerts.evaluate();
    expect(await silent()).toEqual(['n8n:regular']);
  });

  test('is not judged, when the database is just there again, before each process could say what waits with it', async () => {
    await arrive('n8n:regular', every(20, 5 * WEEK, 120));
    const evaluating = createTestAlerts({ pool, clock });
    onTestFinished(async () => {
      await evaluating.alerts.stop();
      evaluating.remove();
    });
    /** What is done again and again has been done. */
    const atRest = () => vi.waitFor(() => expect(clock.sleepers).toBe(4), { timeout: 10_000 });
    await evaluating.alerts.start();
    await atRest();
    expect(await silent()).toEqual([]);
    const waiting = { bytes: 1, maxBytes: 2 ** 30, records: 1, segments: 1, oldestAt: null, damaged: 0 };
    spool = { ...waiting, draining: true, rate: 0, drained: 0, refused: 0, dropped: 0 };
    await process.alerts.evaluate();
    await clock.advance(MINUTE / 2);
    await atRest();
    expect(await silent()).toEqual([]);
    spool = { ...spool, records: 0 };
    expect(await found('source-silent')).toHaveLength(1);
  });
});

describe('failed logins', () => {
  const attempts = (count: number, email: string, address: string) => {
    for (let i = 0; i < count; i += 1) process.alerts.noteFailedLogin({ email, address });
  };
  async function member(workspace: string): Promise<string> {
    const email = `member-${Math.random()}@example.com`;
    await pool.query(
      `WITH u AS (INSERT INTO account_user (id, name, email) VALUES (gen_random_uuid(), 'M', $2) RETURNING id)
       INSERT INTO membership (workspace_id, user_id, role) SELECT $1, id, 'PM' FROM u`,
      [workspace, email],
    );
    return email;
  }

  test('to one account concern its workspaces alone', async () => {
    const email = await member(workspaceId);
    const other = await book.makeWorkspace();
    attempts(9, email, '192.0.2.1');
    expect(await found('failed-logins')).toEqual([]);
    attempts(1, email.toUpperCase(), '192.0.2.2');
    expect(await found('failed-logins')).toMatchObject([{ subject: `account:${email}` }]);
    expect(await found('failed-logins', other)).toEqual([]);
    await clock.advance(20 * MINUTE);
    await found('failed-logins');
    await clock.advance(3 * MINUTE);
    expect(await found('failed-logins')).toEqual([]);
  });

  test('from one address name the own accounts, and only count those of others', async () => {
    const other = await book.makeWorkspace();
    const [mine, theirs] = [await member(workspaceId), await member(other)];
    attempts(8, mine, '198.51.100.7');
    attempts(8, theirs, '198.51.100.7');
    attempts(8, 'hunter2', '198.51.100.7');
    const [alert] = await found('failed-logins');
    expect(alert).toMatchObject({ subject: 'address:198.51.100.7' });
    expect(factOf(alert, 'Accounts')).toBe(`${mine}, and 2 more`);
    expect(JSON.stringify(alert)).not.toContain(theirs);
    const { rows } = await pool.query('SELECT account FROM alert_failed_login');
    // What is no address may be a password in the wrong field.
    expect(JSON.stringify(rows)).not.toContain('hunter2');
  });
});
