import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '#domain/errors.ts';
import type { UserPrincipal } from '#domain/principal.ts';
import { ALERT_MINUTE, type AlertStage, alertAdmin, createAlertStage } from '#testing/alerts.ts';
import { createTestDatabase } from '#testing/database.ts';

const database = await createTestDatabase();
const { pool } = database;
afterAll(() => database.drop());

let stage: AlertStage;
beforeEach(async () => {
  stage = await createAlertStage(pool);
});
afterEach(() => stage.end());

describe('a channel', () => {
  test('is tested on the spot, and says exactly what was answered', async () => {
    const { id } = await stage.addSlack();
    stage.slack.answer({ status: 200, body: 'ok' });
    expect(await stage.alerts.channels.test(stage.admin, id)).toMatchObject({ ok: true, status: 200, answer: 'ok' });
    expect(stage.firstLines()).toEqual(['🔔 Alerts of Historybook arrive here (test)']);
    stage.slack.answer({ status: 403, body: 'invalid_token' });
    expect(await stage.alerts.channels.test(stage.admin, id)).toMatchObject({
      ok: false,
      status: 403,
      answer: 'invalid_token',
      error: null,
    });
  });

  test('whose receiver does not answer is not waited for, and says so', async () => {
    await stage.end();
    stage = await createAlertStage(pool, { timeoutMs: 300 });
    const { id } = await stage.addSlack();
    stage.slack.answer('silence');
    expect(await stage.alerts.channels.test(stage.admin, id)).toMatchObject({
      ok: false,
      error: 'no answer within 0.3 s',
    });
  });

  test('keeps its address to itself: encrypted in the database, its origin alone for people', async () => {
    const { channel } = await stage.alerts.channels.create(stage.admin, {
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
    const { id } = await stage.addSlack();
    const foreign = alertAdmin(await stage.makeWorkspace('Next door'));
    const { channels } = stage.alerts;
    const calls = [channels.test, channels.remove, channels.rotateSecret];
    for (const call of [...calls, (actor: UserPrincipal) => channels.update(actor, id, {})]) {
      await expect(call(foreign, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  test('that is switched off is told nothing, and what waits goes when it is on again', async () => {
    const { id } = await stage.addSlack();
    stage.slack.answer({ status: 500 });
    await stage.failures();
    await stage.refuseThree();
    await stage.round();
    await stage.alerts.channels.update(stage.admin, id, { enabled: false });
    stage.slack.answer({ status: 200 });
    await stage.round(1);
    expect(stage.texts()).toHaveLength(1);
    await stage.alerts.channels.update(stage.admin, id, { enabled: true });
    await stage.alerts.deliver();
    expect(stage.texts()).toHaveLength(2);
  });
});

describe('in the app', () => {
  test('the bell counts what is new to a person, until he looks', async () => {
    const email = `ada-${Math.random()}@example.com`;
    const { rows } = await pool.query(
      "INSERT INTO account_user (id, name, email) VALUES (gen_random_uuid(), 'Ada', $1) RETURNING id",
      [email],
    );
    const ada = alertAdmin(stage.workspaceId, rows[0].id);
    await stage.failures({ remindMinutes: 60, params: { windowMinutes: 1_440 } });
    await stage.refuseThree();
    await stage.round();
    expect(await stage.alerts.summary(ada)).toMatchObject({ unread: 1, openCount: 1, isStalled: false });
    await stage.clock.advance(1_000);
    await stage.alerts.markRead(ada);
    expect(await stage.alerts.summary(ada)).toMatchObject({ unread: 0, openCount: 1 });
    await stage.round(61);
    expect(await stage.alerts.summary(ada)).toMatchObject({ unread: 1 });
    await stage.alerts.acknowledge(ada, (await stage.open())[0]?.id ?? '');
    expect(await stage.alerts.summary(ada)).toMatchObject({ unread: 0, openCount: 1 });
    await stage.clock.advance(6 * ALERT_MINUTE);
    expect(await stage.alerts.summary(ada)).toMatchObject({ isStalled: true });
  });

  test('the list pages by a cursor', async () => {
    await stage.failures();
    for (const source of ['a', 'b', 'c']) await stage.refuseThree(source);
    await stage.round();
    const first = await stage.alerts.list(stage.workspaceId, { state: 'open', limit: 2 });
    const second = await stage.alerts.list(stage.workspaceId, {
      state: 'open',
      limit: 2,
      cursor: first.nextCursor ?? undefined,
    });
    expect([...first.rows, ...second.rows].map(({ subject }) => subject).sort()).toEqual(['a', 'b', 'c']);
    expect(second.nextCursor).toBeNull();
    await expect(stage.alerts.list(stage.workspaceId, { state: 'open', limit: 2, cursor: 'nonsense' })).rejects.toThrow(
      AppError,
    );
  });
});
