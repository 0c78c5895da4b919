import { afterAll, afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { ALERT_MINUTE, type AlertStage, alertAdmin, createAlertStage, createTestAlerts } from '#testing/alerts.ts';
import { createTestDatabase } from '#testing/database.ts';

const database = await createTestDatabase();
const { pool } = database;
afterAll(() => database.drop());

let stage: AlertStage;
beforeEach(async () => {
  stage = await createAlertStage(pool);
});
afterEach(() => stage.end());

describe('a rule', () => {
  test('alerts once for a subject, in the words of the workflows, and tells when it is over', async () => {
    await stage.addSlack();
    await stage.failures();
    for (let i = 0; i < 2; i += 1) await stage.refuse('n8n:sms');
    await stage.round();
    expect(await stage.open()).toEqual([]);
    await stage.refuse('n8n:sms');
    await stage.round();
    await stage.round();
    const [alert] = await stage.open();
    expect(alert).toMatchObject({
      kind: 'persistent-failures',
      subject: 'n8n:sms',
      severity: 'critical',
      state: 'open',
    });
    expect(stage.texts()).toEqual([
      [
        '⚠️ Activity Log Failed',
        '',
        'Source: n8n:sms',
        'Failures: 3 events in 15 minutes',
        `Execution: ${stage.lastExecution()}`,
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
    await stage.round(15);
    expect(stage.firstLines()).toHaveLength(1);
    await stage.round(3);
    expect(await stage.open()).toEqual([]);
    expect(stage.firstLines()[1]).toBe('✅ Activity Log Failed (resolved)');
    const past = await stage.alerts.list(stage.workspaceId, { state: 'resolved', limit: 50 });
    expect(past.rows).toMatchObject([{ id: alert?.id, state: 'resolved' }]);
    expect(await stage.alerts.deliveries(stage.workspaceId, alert?.id ?? '')).toMatchObject([
      { event: 'opened', state: 'sent', attempts: 1, lastStatus: 200, channelName: 'Slack' },
      { event: 'resolved', state: 'sent', attempts: 1 },
    ]);
  });

  test('counts each repeat, and each source by itself', async () => {
    await stage.failures({ sources: ['n8n:a', 'n8n:b'] });
    await stage.refuse('n8n:a', 1, 2);
    await stage.refuse('n8n:b', 1, 1);
    await stage.refuse('n8n:c', 1, 9);
    await stage.round();
    expect((await stage.open()).map(({ subject }) => subject)).toEqual(['n8n:a']);
  });

  test('is quiet at night by the clocks of the workspace, and tells in the morning what is still open', async () => {
    await stage.addSlack();
    const night = { days: [1, 2, 3, 4, 5, 6, 7], from: '22:00', to: '07:00' };
    await stage.failures({ severity: 'warning', quiet: [night], remindMinutes: 0, params: { windowMinutes: 1_440 } });
    // Ten in the evening in Berlin.
    await stage.clock.advance(13 * 60 * ALERT_MINUTE);
    await stage.refuseThree('n8n:night');
    await stage.round();
    expect(await stage.open()).toHaveLength(1);
    await stage.round(8 * 60);
    expect(stage.texts()).toEqual([]);
    await stage.round(60);
    expect(stage.firstLines()).toEqual(['⚠️ Activity Log Failed']);
  });

  test('reminds until somebody acknowledges, and says nothing while it is muted', async () => {
    await stage.addSlack();
    await stage.failures({ remindMinutes: 60, params: { windowMinutes: 1_440 } });
    await stage.refuseThree();
    await stage.round();
    await stage.round(61);
    expect(stage.firstLines()[1]).toBe('🔁 Activity Log Failed (still)');
    const [alert] = await stage.open();
    await stage.alerts.mute(stage.admin, alert?.id ?? '', 120);
    await stage.round(61);
    expect(stage.firstLines()).toHaveLength(2);
    await stage.alerts.mute(stage.admin, alert?.id ?? '', 0);
    expect(await stage.alerts.acknowledge(stage.admin, alert?.id ?? '')).toMatchObject({
      acknowledgedBy: 'ada@example.com',
    });
    await stage.round(61);
    expect(stage.firstLines()).toHaveLength(2);
  });

  test('tells the channels it names alone, and all of them otherwise', async () => {
    const first = await stage.addSlack('First');
    await stage.addSlack('Second');
    await stage.failures({ allChannels: false, channelIds: [first.id] });
    await stage.refuseThree();
    await stage.round();
    expect(stage.texts()).toHaveLength(1);
    const next = await stage.addSlack('Third');
    const foreign = alertAdmin(await stage.makeWorkspace('Next door'));
    await expect(
      stage.alerts.rules.create(foreign, {
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
    const rule = await stage.failures();
    await stage.refuseThree();
    await stage.round();
    await stage.alerts.rules.setEnabled(stage.admin, rule.id, false);
    await stage.round();
    await stage.round(3);
    expect(await stage.open()).toEqual([]);
    await expect(stage.alerts.rules.remove(stage.admin, rule.id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(stage.alerts.rules.update(stage.admin, rule.id, { ...rule, kind: 'undelivered' })).rejects.toThrow(
      AppError,
    );
  });

  test('that is removed while it is evaluated leaves nothing open behind', async () => {
    const { isDefault, id: _, kind, ...known } = await stage.failures();
    const rule = await stage.alerts.rules.create(stage.admin, { ...known, kind, name: 'Mine' });
    const evaluation = await pool.connect();
    await evaluation.query('BEGIN');
    await evaluation.query('SELECT FROM alert_rule WHERE id = $1 FOR KEY SHARE', [rule.id]);
    const removed = stage.alerts.rules.remove(stage.admin, rule.id);
    const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await vi.waitUntil(async () => ((await pool.query(waits)).rowCount ?? 0) > 0);
    await evaluation.query(
      `INSERT INTO alert (id, workspace_id, rule_id, kind, subject, severity, state, title, summary, opened_at, last_seen_at)
       VALUES (gen_random_uuid(), $1, $2, $3, 'n8n:sms', 'warning', 'open', 'Failed', 'Look.', now(), now())`,
      [stage.workspaceId, rule.id, kind],
    );
    await evaluation.query('COMMIT');
    evaluation.release();
    await removed;
    expect(isDefault).toBe(true);
    expect(await stage.open()).toEqual([]);
  });

  test('that cannot be evaluated says so, in the app and to the channels, and keeps no other from being', async () => {
    await stage.addSlack();
    // Whatever the reason is: here a column that is not there.
    await pool.query('ALTER TABLE alert_failed_login RENAME COLUMN account TO gone');
    const mend = 'ALTER TABLE alert_failed_login RENAME COLUMN gone TO account';
    await stage.round();
    await stage.round(2);
    await stage.round(2);
    const alerts = await stage.open();
    expect(alerts.map(({ title }) => title)).toEqual(['A rule cannot be evaluated']);
    expect(alerts[0]?.facts).toContainEqual({ label: 'Reason', value: 'column f.account does not exist' });
    expect(stage.firstLines()).toEqual(['⚠️ A rule cannot be evaluated']);
    await pool.query(mend);
    await stage.round();
    await stage.round(3);
    await stage.round(3);
    expect(await stage.open()).toEqual([]);
  });
});

describe('two processes', () => {
  test('evaluate one at a time, and send each message once', async () => {
    await stage.addSlack();
    await stage.failures();
    await stage.refuseThree();
    const second = createTestAlerts({ pool, clock: stage.clock });
    onTestFinished(second.remove);
    const both = [stage.alerts, second.alerts];
    for (let i = 0; i < 10; i += 1) {
      await stage.clock.advance(ALERT_MINUTE / 2);
      await Promise.all(both.map((alerts) => alerts.evaluate()));
      await Promise.all([...both, ...both].map((alerts) => alerts.deliver()));
    }
    expect(stage.firstLines()).toEqual(['⚠️ Activity Log Failed']);
    const { rows } = await pool.query('SELECT count(*) AS count FROM alert WHERE workspace_id = $1', [
      stage.workspaceId,
    ]);
    expect(rows[0].count).toBe(1);
  });

  test('with different keys leave each other’s channels alone; that nobody can send is seen', async () => {
    await stage.addSlack();
    await stage.failures();
    await stage.refuseThree();
    await stage.alerts.evaluate();
    const stranger = createTestAlerts({ pool, clock: stage.clock, secret: 'another key than that of the tests' });
    onTestFinished(stranger.remove);
    await stranger.alerts.deliver();
    expect(stage.texts()).toEqual([]);
    for (const minutes of [6, 1]) {
      await stage.clock.advance(minutes * ALERT_MINUTE);
      await stranger.alerts.evaluate();
    }
    expect((await stage.open()).map(({ title }) => title)).toContain('A channel does not take alerts');
    const [channel] = await stranger.alerts.channels.list(stage.workspaceId);
    expect(channel?.lastError).toMatch(/^No running server has the key/);
    await expect(stranger.alerts.channels.test(stage.admin, channel?.id ?? '')).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await stranger.alerts.channels.update(stage.admin, channel?.id ?? '', { url: stage.slack.url });
    await stranger.alerts.deliver();
    expect(stage.firstLines()).toEqual(['⚠️ Activity Log Failed']);
  });
});
