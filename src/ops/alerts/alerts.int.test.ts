import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { RuleInput } from '#domain/alert.ts';
import { AppError } from '#domain/errors.ts';
import type { UserPrincipal } from '#domain/principal.ts';
import { alertAdmin, changeRule, createTestAlerts, type TestAlerts } from '#testing/alerts.ts';
import { createManualClock, type ManualClock } from '#testing/clock.ts';
import { createTestDatabase } from '#testing/database.ts';
import { type Receiver, startReceiver } from '#testing/receiver.ts';
import { sweepAlerts } from './sweep.ts';

const MINUTE = 60_000;
const NOW = new Date('2025-11-07T08:00:00.000Z');
const database = await createTestDatabase();
const { pool } = database;
afterAll(() => database.drop());

let clock: ManualClock;
let process: TestAlerts;
let workspaceId: string;
let admin: UserPrincipal;
let slack: Receiver;

beforeEach(async () => {
  clock = createManualClock(NOW);
  process = createTestAlerts({ pool, clock });
  slack = await startReceiver();
  // Others' alerts would be sent by whoever is under test.
  await pool.query('DELETE FROM workspace');
  workspaceId = await makeWorkspace('Berlin office', 'Europe/Berlin');
  admin = alertAdmin(workspaceId);
});
afterEach(async () => {
  process.remove();
  await slack.close();
});

async function makeWorkspace(name: string, timeZone = 'UTC'): Promise<string> {
  const slug = `${name.toLowerCase().replaceAll(' ', '-')}-${Math.random()}`;
  const sql = 'INSERT INTO workspace (id, name, slug, time_zone) VALUES (gen_random_uuid(), $1, $2, $3) RETURNING id';
  return (await pool.query(sql, [name, slug, timeZone])).rows[0].id;
}

let refused = 0;

/** An event that waits in quarantine since `minutesAgo`. */
async function refuse(source: string, minutesAgo = 0, repeats = 0): Promise<void> {
  refused += 1;
  const at = new Date(clock.now().getTime() - minutesAgo * MINUTE);
  const body = { executionId: `exec-${refused}`, leadAirtableId: 'rec123', eventType: 'MESSAGE_SENT' };
  await pool.query(
    `INSERT INTO quarantine (id, workspace_id, door, type, source, body, body_hash, code, message, received_at,
       last_received_at, repeats)
     VALUES (gen_random_uuid(), $1, 'lead', 'MESSAGE_SENT', $2, $3, $4, 'CATEGORY_MISMATCH', 'It is wrong.', $5, $5, $6)`,
    [workspaceId, source, JSON.stringify(body), `hash ${refused}`, at, repeats],
  );
}

const failures = (change: Partial<RuleInput> = {}) =>
  changeRule(process.alerts, admin, 'persistent-failures', { ...change, params: { threshold: 3, ...change.params } });

async function addSlack(name = 'Slack', actor = admin) {
  return (await process.alerts.channels.create(actor, { name, type: 'slack', url: slack.url })).channel;
}

/** Half a minute later everything is evaluated and sent. */
async function round(minutes = 0.5): Promise<void> {
  await clock.advance(minutes * MINUTE);
  await process.alerts.evaluate();
  await process.alerts.deliver();
}

const texts = () => slack.received.map(({ body }) => JSON.parse(body).text as string);
const firstLines = () => texts().map((text) => text.split('\n')[0]);
const open = () => process.alerts.open(workspaceId);

describe('a rule', () => {
  test('alerts once for a subject, in the words of the workflows, and tells when it is over', async () => {
    await addSlack();
    await failures();
    for (let i = 0; i < 2; i += 1) await refuse('n8n:sms');
    await round();
    expect(await open()).toEqual([]);
    await refuse('n8n:sms');
    await round();
    await round();
    const [alert] = await open();
    expect(alert).toMatchObject({
      kind: 'persistent-failures',
      subject: 'n8n:sms',
      severity: 'critical',
      state: 'open',
    });
    expect(texts()).toEqual([
      [
        '⚠️ Activity Log Failed',
        '',
        'Source: n8n:sms',
        'Failures: 3 events in 15 minutes',
        `Execution: exec-${refused}`,
        'Lead: rec123',
        'Event: MESSAGE_SENT',
        'Reason: It is wrong.',
        'Workspace: Berlin office',
        '',
        '3 events refused: written to the retry queue, nothing is lost.',
        '',
        '<https://history.example.com/admin/retry-queue?source=n8n%3Asms>',
      ].join('\n'),
    ]);
    await round(15);
    expect(firstLines()).toHaveLength(1);
    await round(3);
    expect(await open()).toEqual([]);
    expect(firstLines()[1]).toBe('✅ Activity Log Failed (resolved)');
    const past = await process.alerts.list(workspaceId, { state: 'resolved', limit: 50 });
    expect(past.rows).toMatchObject([{ id: alert?.id, state: 'resolved' }]);
    expect(await process.alerts.deliveries(workspaceId, alert?.id ?? '')).toMatchObject([
      { event: 'opened', state: 'sent', attempts: 1, lastStatus: 200, channelName: 'Slack' },
      { event: 'resolved', state: 'sent', attempts: 1 },
    ]);
  });

  test('counts each repeat, and each source by itself', async () => {
    await failures({ sources: ['n8n:a', 'n8n:b'] });
    await refuse('n8n:a', 1, 2);
    await refuse('n8n:b', 1, 1);
    await refuse('n8n:c', 1, 9);
    await round();
    expect((await open()).map(({ subject }) => subject)).toEqual(['n8n:a']);
  });

  test('is quiet at night by the clocks of the workspace, and tells in the morning what is still open', async () => {
    await addSlack();
    const night = { days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '07:00' };
    await failures({ severity: 'warning', quiet: [night], remindMinutes: 0, params: { windowMinutes: 1_440 } });
    // Ten in the evening in Berlin.
    await clock.advance(13 * 60 * MINUTE);
    for (let i = 0; i < 3; i += 1) await refuse('n8n:night');
    await round();
    expect(await open()).toHaveLength(1);
    await round(8 * 60);
    expect(texts()).toEqual([]);
    await round(60);
    expect(firstLines()).toEqual(['⚠️ Activity Log Failed']);
  });

  test('reminds until somebody acknowledges, and says nothing while it is muted', async () => {
    await addSlack();
    await failures({ remindMinutes: 60, params: { windowMinutes: 1_440 } });
    for (let i = 0; i < 3; i += 1) await refuse('n8n:sms');
    await round();
    await round(61);
    expect(firstLines()[1]).toBe('🔁 Activity Log Failed (still)');
    const [alert] = await open();
    await process.alerts.mute(admin, alert?.id ?? '', 120);
    await round(61);
    expect(firstLines()).toHaveLength(2);
    await process.alerts.mute(admin, alert?.id ?? '', 0);
    expect(await process.alerts.acknowledge(admin, alert?.id ?? '')).toMatchObject({
      acknowledgedBy: 'ada@example.com',
    });
    await round(61);
    expect(firstLines()).toHaveLength(2);
  });

  test('tells the channels it names alone, and all of them otherwise', async () => {
    const first = await addSlack('First');
    await addSlack('Second');
    await failures({ allChannels: false, channelIds: [first.id] });
    for (let i = 0; i < 3; i += 1) await refuse('n8n:sms');
    await round();
    expect(texts()).toHaveLength(1);
    const next = await addSlack('Third');
    const foreign = alertAdmin(await makeWorkspace('Next door'));
    await expect(
      process.alerts.rules.create(foreign, {
        name: 'Mine',
        kind: 'persistent-failures',
        enabled: true,
        severity: 'warning',
        params: {},
        sources: [],
        allChannels: false,
        channelIds: [next.id],
        quiet: [],
        quietHoldsCritical: false,
        remindMinutes: 0,
      }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('that is switched off ends what it had opened', async () => {
    const rule = await failures();
    for (let i = 0; i < 3; i += 1) await refuse('n8n:sms');
    await round();
    await process.alerts.rules.setEnabled(admin, rule.id, false);
    await round();
    await round(3);
    expect(await open()).toEqual([]);
    await expect(process.alerts.rules.remove(admin, rule.id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(process.alerts.rules.update(admin, rule.id, { ...rule, kind: 'undelivered' })).rejects.toThrow(
      AppError,
    );
  });

  test('that cannot be evaluated says so, in the app and to the channels, and keeps no other from being', async () => {
    await addSlack();
    // Whatever the reason is: here a column that is not there.
    await pool.query('ALTER TABLE alert_failed_login RENAME COLUMN account TO gone');
    const mend = 'ALTER TABLE alert_failed_login RENAME COLUMN gone TO account';
    await round();
    await round(2);
    await round(2);
    const alerts = await open();
    expect(alerts.map(({ title }) => title)).toEqual(['A rule cannot be evaluated']);
    expect(alerts[0]?.facts).toContainEqual({ label: 'Reason', value: 'column f.account does not exist' });
    expect(firstLines()).toEqual(['⚠️ A rule cannot be evaluated']);
    await pool.query(mend);
    await round();
    await round(3);
    await round(3);
    expect(await open()).toEqual([]);
  });
});

describe('two processes', () => {
  test('evaluate one at a time, and send each message once', async () => {
    await addSlack();
    await failures();
    for (let i = 0; i < 3; i += 1) await refuse('n8n:sms');
    const second = createTestAlerts({ pool, clock });
    onTestFinished(second.remove);
    const both = [process.alerts, second.alerts];
    for (let i = 0; i < 10; i += 1) {
      await clock.advance(MINUTE / 2);
      await Promise.all(both.map((alerts) => alerts.evaluate()));
      await Promise.all([...both, ...both].map((alerts) => alerts.deliver()));
    }
    expect(firstLines()).toEqual(['⚠️ Activity Log Failed']);
    const { rows } = await pool.query('SELECT count(*) AS count FROM alert WHERE workspace_id = $1', [workspaceId]);
    expect(rows[0].count).toBe(1);
  });

  test('with different keys leave each other’s channels alone; that nobody can send is seen', async () => {
    await addSlack();
    await failures();
    for (let i = 0; i < 3; i += 1) await refuse('n8n:sms');
    await process.alerts.evaluate();
    const stranger = createTestAlerts({ pool, clock, secret: 'another key than that of the tests' });
    onTestFinished(stranger.remove);
    await stranger.alerts.deliver();
    expect(texts()).toEqual([]);
    for (const minutes of [6, 1]) {
      await clock.advance(minutes * MINUTE);
      await stranger.alerts.evaluate();
    }
    expect((await open()).map(({ title }) => title)).toContain('A channel does not take alerts');
    const [channel] = await stranger.alerts.channels.list(workspaceId);
    expect(channel?.lastError).toMatch(/^No running server has the key/);
    await expect(stranger.alerts.channels.test(admin, channel?.id ?? '')).rejects.toMatchObject({ code: 'CONFLICT' });
    await stranger.alerts.channels.update(admin, channel?.id ?? '', { url: slack.url });
    await stranger.alerts.deliver();
    expect(firstLines()).toEqual(['⚠️ Activity Log Failed']);
  });
});

describe('a message', () => {
  /** An alert that waits for its channel, which answers as told. */
  async function begin(answer: Parameters<Receiver['answer']>[0] | 'refused') {
    const channel = await addSlack();
    if (answer === 'refused') await slack.close();
    else slack.answer(answer);
    await failures();
    for (let i = 0; i < 3; i += 1) await refuse('n8n:sms');
    await round();
    const [alert] = await open();
    const [delivery] = await process.alerts.deliveries(workspaceId, alert?.id ?? '');
    const [view] = await process.alerts.channels.list(workspaceId);
    const waitMs = Date.parse(delivery?.nextTryAt ?? '') - clock.now().getTime();
    return { channel, alert, delivery, view, waitMs };
  }

  test.each([
    ['500', { status: 500, body: 'internal_error' }, 500, '500 internal_error'],
    ['404', { status: 404, body: 'no_service' }, 404, '404 no_service'],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1/' } }, 302, '302'],
    ['no answer', 'silence', null, 'no answer within 0.3 s'],
    ['a closed port', 'refused', null, 'nobody listens there (connection refused)'],
  ] as const)('that is answered by %s is tried again, later and later', async (_, answer, status, error) => {
    const { delivery, view, waitMs } = await begin(answer);
    expect(delivery).toMatchObject({ state: 'waiting', attempts: 1, lastStatus: status, lastError: error });
    expect(view).toMatchObject({ failures: 1, lastError: error, waiting: 1, failingSince: clock.now().toISOString() });
    expect(waitMs).toBeGreaterThanOrEqual(5_000);
    expect(waitMs).toBeLessThanOrEqual(10_000);
    await process.alerts.deliver();
    expect((await process.alerts.channels.list(workspaceId))[0]?.failures).toBe(1);
  });

  test('arrives once the receiver is well again', async () => {
    await begin({ status: 503 });
    slack.answer({ status: 200 });
    await round();
    expect(firstLines()).toEqual(['⚠️ Activity Log Failed', '⚠️ Activity Log Failed']);
    expect((await process.alerts.channels.list(workspaceId))[0]).toMatchObject({
      failures: 0,
      waiting: 0,
      lastError: null,
    });
    await round(1);
    expect(texts()).toHaveLength(2);
  });

  test('waits as long as the receiver asks for, and so do the others for it', async () => {
    const { waitMs } = await begin({ status: 429, headers: { 'retry-after': '600' }, body: 'slow down' });
    expect(waitMs).toBe(600_000);
    slack.answer({ status: 200 });
    await round(5);
    expect(texts()).toHaveLength(1);
    await round(6);
    expect(texts()).toHaveLength(2);
  });

  test('that keeps failing is an alert of its own, for the app and the other channels, not for the one that fails', async () => {
    const { channel } = await begin({ status: 500 });
    const other = await startReceiver();
    onTestFinished(other.close);
    await process.alerts.channels.create(admin, { name: 'Other', type: 'slack', url: other.url });
    for (const minutes of [1, 3, 5]) await round(minutes);
    const alert = (await open()).find(({ kind }) => kind === 'alert-delivery');
    expect(alert).toMatchObject({ subject: `channel:${channel.id}`, title: 'A channel does not take alerts' });
    expect(other.received.map(({ body }) => JSON.parse(body).text.split('\n')[0])).toEqual([
      '⚠️ A channel does not take alerts',
    ]);
    expect(firstLines()).not.toContain('⚠️ A channel does not take alerts');
    slack.answer({ status: 200 });
    for (const minutes of [31, 1, 3]) await round(minutes);
    expect((await open()).filter(({ kind }) => kind === 'alert-delivery')).toEqual([]);
  });

  test('is given up after a day, and says so', async () => {
    const { alert } = await begin({ status: 500 });
    for (let i = 0; i < 60; i += 1) await round(31);
    await sweepAlerts(pool, clock.now(), 'none');
    const deliveries = await process.alerts.deliveries(workspaceId, alert?.id ?? '');
    expect(deliveries[0]).toMatchObject({ event: 'opened', state: 'failed', lastError: '500' });
    expect(deliveries[0]?.attempts).toBeGreaterThan(20);
  });

  test('to a webhook is signed, named, and the same JSON for every try', async () => {
    const hook = await startReceiver();
    onTestFinished(hook.close);
    const created = await process.alerts.channels.create(admin, { name: 'Pager', type: 'webhook', url: hook.url });
    expect(created.secret).toMatch(/^whsec_/);
    hook.answer({ status: 500 });
    await failures();
    for (let i = 0; i < 3; i += 1) await refuse('n8n:<b>&');
    await round();
    hook.answer({ status: 204 });
    await round();
    const [first, second] = hook.received;
    const body = JSON.parse(second?.body ?? '');
    expect(body).toMatchObject({
      event: 'alert.opened',
      workspace: { id: workspaceId, name: 'Berlin office' },
      alert: { kind: 'persistent-failures', subject: 'n8n:<b>&', severity: 'critical', resolvedAt: null },
    });
    expect(body.id).toBe(JSON.parse(first?.body ?? '').id);
    expect(second?.headers).toMatchObject({ 'x-historybook-event': 'alert.opened', 'x-historybook-delivery': body.id });
    const timestamp = second?.headers['x-historybook-timestamp'];
    const expected = createHmac('sha256', created.secret ?? '')
      .update(`${timestamp}.${second?.body}`)
      .digest('hex');
    expect(second?.headers['x-historybook-signature']).toBe(`sha256=${expected}`);

    const rotated = await process.alerts.channels.rotateSecret(admin, created.channel.id);
    expect(rotated.secret).not.toBe(created.secret);
  });

  test('says nothing to Slack that Slack would read as something else', async () => {
    await addSlack();
    await failures();
    for (let i = 0; i < 3; i += 1) await refuse('n8n:<!channel>&');
    await round();
    expect(texts()[0]).toContain('Source: n8n:&lt;!channel&gt;&amp;');
  });
});

describe('a channel', () => {
  test('is tested on the spot, and says exactly what was answered', async () => {
    const { id } = await addSlack();
    slack.answer({ status: 200, body: 'ok' });
    expect(await process.alerts.channels.test(admin, id)).toMatchObject({ ok: true, status: 200, answer: 'ok' });
    expect(firstLines()).toEqual(['🔔 Alerts of Historybook arrive here (test)']);
    slack.answer({ status: 403, body: 'invalid_token' });
    expect(await process.alerts.channels.test(admin, id)).toMatchObject({
      ok: false,
      status: 403,
      answer: 'invalid_token',
      error: null,
    });
    slack.answer('silence');
    expect(await process.alerts.channels.test(admin, id)).toMatchObject({ ok: false, error: 'no answer within 0.3 s' });
  });

  test('keeps its address to itself: encrypted in the database, its origin alone for people', async () => {
    const { channel } = await process.alerts.channels.create(admin, {
      name: 'Slack',
      type: 'slack',
      url: 'https://hooks.slack.com/services/T000/B000/very-secret',
    });
    expect(JSON.stringify(channel)).not.toContain('very-secret');
    expect(channel.shownUrl).toBe('https://hooks.slack.com');
    const { rows } = await pool.query('SELECT * FROM alert_channel WHERE id = $1', [channel.id]);
    expect(JSON.stringify(rows)).not.toContain('very-secret');
  });

  test('of another workspace is not found', async () => {
    const { id } = await addSlack();
    const foreign = alertAdmin(await makeWorkspace('Next door'));
    const { channels } = process.alerts;
    const calls = [channels.test, channels.remove, channels.rotateSecret];
    for (const call of [...calls, (actor: UserPrincipal) => channels.update(actor, id, {})]) {
      await expect(call(foreign, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  test('that is switched off is told nothing, and what waits goes when it is on again', async () => {
    const { id } = await addSlack();
    slack.answer({ status: 500 });
    await failures();
    for (let i = 0; i < 3; i += 1) await refuse('n8n:sms');
    await round();
    await process.alerts.channels.update(admin, id, { enabled: false });
    slack.answer({ status: 200 });
    await round(1);
    expect(texts()).toHaveLength(1);
    await process.alerts.channels.update(admin, id, { enabled: true });
    await process.alerts.deliver();
    expect(texts()).toHaveLength(2);
  });
});

describe('in the app', () => {
  test('the bell counts what is new to a person, until he looks', async () => {
    const email = `ada-${Math.random()}@example.com`;
    const { rows } = await pool.query(
      "INSERT INTO account_user (id, name, email) VALUES (gen_random_uuid(), 'Ada', $1) RETURNING id",
      [email],
    );
    const ada = alertAdmin(workspaceId, rows[0].id);
    await failures({ remindMinutes: 60, params: { windowMinutes: 1_440 } });
    for (let i = 0; i < 3; i += 1) await refuse('n8n:sms');
    await round();
    expect(await process.alerts.summary(ada)).toMatchObject({ unread: 1, openCount: 1, isStalled: false });
    await clock.advance(1_000);
    await process.alerts.markRead(ada);
    expect(await process.alerts.summary(ada)).toMatchObject({ unread: 0, openCount: 1 });
    await round(61);
    expect(await process.alerts.summary(ada)).toMatchObject({ unread: 1 });
    await process.alerts.acknowledge(ada, (await open())[0]?.id ?? '');
    expect(await process.alerts.summary(ada)).toMatchObject({ unread: 0, openCount: 1 });
    await clock.advance(6 * MINUTE);
    expect(await process.alerts.summary(ada)).toMatchObject({ isStalled: true });
  });

  test('the list pages by a cursor', async () => {
    await failures();
    for (const source of ['a', 'b', 'c']) for (let i = 0; i < 3; i += 1) await refuse(source);
    await round();
    const first = await process.alerts.list(workspaceId, { state: 'open', limit: 2 });
    const second = await process.alerts.list(workspaceId, {
      state: 'open',
      limit: 2,
      cursor: first.nextCursor ?? undefined,
    });
    expect([...first.rows, ...second.rows].map(({ subject }) => subject).sort()).toEqual(['a', 'b', 'c']);
    expect(second.nextCursor).toBeNull();
    await expect(process.alerts.list(workspaceId, { state: 'open', limit: 2, cursor: 'nonsense' })).rejects.toThrow(
      AppError,
    );
  });
});
