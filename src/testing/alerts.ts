import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import type { AlertKind, AlertView, ChannelView, RuleInput, RuleView } from '#domain/alert.ts';
import type { UserPrincipal } from '#domain/principal.ts';
import type { FallbackState } from '#ingest/index.ts';
import { type Alerts, createAlerts } from '#ops/alerts/index.ts';
import { createPulse } from '#ops/health/index.ts';
import { silentLogger } from '#platform/log.ts';
import { createSeal } from '#platform/seal.ts';
import type { Service } from '#platform/service.ts';
import { thisProcess } from '#platform/this-process.ts';
import { createManualClock, type ManualClock } from './clock.ts';
import { type Receiver, startReceiver } from './receiver.ts';

export interface TestAlertsOptions {
  readonly pool: pg.Pool;
  readonly clock: ManualClock;
  /** Made anew, and removed by `remove`, when not given. */
  readonly dataDir?: string;
  readonly secret?: string;
  readonly fallback?: () => FallbackState | undefined;
  /** How long a receiver may take. The usual time when not given, so that none is called silent for being slow. */
  readonly timeoutMs?: number;
}

export interface TestAlerts {
  readonly alerts: Alerts & Service;
  readonly dataDir: string;
  remove(): void;
}

/** Alerts as one process has them; call it twice on one database to have two processes. */
export function createTestAlerts(options: TestAlertsOptions): TestAlerts {
  const { pool, clock, secret = 'an encryption key of the tests' } = options;
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'historybook-alerts-'));
  const { fallback = () => undefined } = options;
  const self = thisProcess(dataDir);
  const spool = () => fallback()?.spool ?? { records: 0, bytes: 0, maxBytes: 2 ** 30, oldestAt: null, damaged: 0 };
  const pulse = createPulse({ pool, clock, self, spool });
  const alerts = createAlerts({
    pool,
    clock,
    log: silentLogger,
    config: { dataDir, publicUrl: 'https://history.example.com', port: 0, alertsAllowPrivate: true },
    seal: createSeal(secret),
    fallback,
    place: self.place,
    // A process without a spool says nothing, as one that hangs.
    sayAlive: async () => (fallback() ? pulse.beat() : undefined),
    ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
  });
  return { alerts, dataDir, remove: () => rmSync(dataDir, { recursive: true, force: true }) };
}

export function alertAdmin(workspaceId: string, userId = '00000000-0000-4000-8000-000000000001'): UserPrincipal {
  const session = { kind: 'user', userId, sessionId: 's', superAdmin: false, role: 'ADMIN' } as const;
  return { ...session, email: 'ada@example.com', name: 'Ada', workspaceId };
}

/** An open alert, put straight into the table; gives its id. */
export async function addAlert(
  pool: pg.Pool,
  { workspaceId, id = randomUUID() }: { readonly workspaceId: string; readonly id?: string },
): Promise<string> {
  await pool.query(
    `INSERT INTO alert (id, workspace_id, kind, subject, severity, state, title, summary, opened_at, last_seen_at)
     VALUES ($1, $2, 'source-silent', 'n8n:test', 'warning', 'open', 'A source has gone silent', 'Look.', now(), now())`,
    [id, workspaceId],
  );
  return id;
}

/** Changes the rule of that kind that came with the workspace. */
export async function changeRule(
  alerts: Alerts,
  admin: UserPrincipal,
  kind: AlertKind,
  change: Partial<RuleInput>,
): Promise<RuleView> {
  const rule = (await alerts.rules.list(admin.workspaceId)).find((known) => known.isDefault && known.kind === kind);
  if (!rule) throw new Error(`there is no rule ${kind}`);
  return alerts.rules.update(admin, rule.id, { ...rule, ...change, params: { ...rule.params, ...change.params } });
}

/** A workspace with its alerts, a receiver in the place of Slack, and a clock that the test moves. */
export interface AlertStage {
  readonly pool: pg.Pool;
  readonly clock: ManualClock;
  readonly alerts: Alerts & Service;
  readonly workspaceId: string;
  readonly admin: UserPrincipal;
  readonly slack: Receiver;
  makeWorkspace(name: string): Promise<string>;
  /** An event that waits in quarantine since `minutesAgo`. */
  refuse(source: string, minutesAgo?: number, repeats?: number): Promise<void>;
  /** Three of them, enough for the rule of failures. */
  refuseThree(source?: string): Promise<void>;
  /** The execution that the last refused event names. */
  lastExecution(): string;
  /** Makes three failures enough for an alert. */
  failures(change?: Partial<RuleInput>): Promise<RuleView>;
  addSlack(name?: string): Promise<ChannelView>;
  /** Some minutes later, half a one if not given, everything is evaluated and sent. */
  round(minutes?: number): Promise<void>;
  /** What Slack was told: the texts, and the first line of each. */
  texts(): string[];
  firstLines(): (string | undefined)[];
  open(): Promise<readonly AlertView[]>;
  end(): Promise<void>;
}

export const ALERT_MINUTE = 60_000;
let refused = 0;

export async function createAlertStage(
  pool: pg.Pool,
  options: Pick<TestAlertsOptions, 'timeoutMs'> = {},
): Promise<AlertStage> {
  const clock = createManualClock(new Date('2025-11-07T08:00:00.000Z'));
  const { alerts, remove } = createTestAlerts({ ...options, pool, clock });
  const slack = await startReceiver();
  // Others' alerts would be sent by whoever is under test.
  await pool.query('DELETE FROM workspace');
  const makeWorkspace = async (name: string, timeZone = 'UTC'): Promise<string> => {
    const slug = `${name.toLowerCase().replaceAll(' ', '-')}-${Math.random()}`;
    const sql = 'INSERT INTO workspace (id, name, slug, time_zone) VALUES (gen_random_uuid(), $1, $2, $3) RETURNING id';
    return (await pool.query(sql, [name, slug, timeZone])).rows[0].id;
  };
  const workspaceId = await makeWorkspace('Berlin office', 'Europe/Berlin');
  const admin = alertAdmin(workspaceId);
  const refuse = async (source: string, minutesAgo = 0, repeats = 0) => {
    refused += 1;
    const at = new Date(clock.now().getTime() - minutesAgo * ALERT_MINUTE);
    const body = { executionId: `exec-${refused}`, leadAirtableId: 'rec123', eventType: 'MESSAGE_SENT' };
    await pool.query(
      `INSERT INTO quarantine (id, workspace_id, door, type, source, body, body_hash, code, message, received_at,
         last_received_at, repeats)
       VALUES (gen_random_uuid(), $1, 'lead', 'MESSAGE_SENT', $2, $3, $4, 'CATEGORY_MISMATCH', 'It is wrong.', $5, $5, $6)`,
      [workspaceId, source, JSON.stringify(body), `hash ${refused}`, at, repeats],
    );
  };
  const texts = () => slack.received.map(({ body }) => String(JSON.parse(body).text));
  return {
    pool,
    clock,
    alerts,
    workspaceId,
    admin,
    slack,
    makeWorkspace,
    refuse,
    async refuseThree(source = 'n8n:sms') {
      for (let i = 0; i < 3; i += 1) await refuse(source);
    },
    lastExecution: () => `exec-${refused}`,
    failures: (change = {}) =>
      changeRule(alerts, admin, 'persistent-failures', { ...change, params: { threshold: 3, ...change.params } }),
    addSlack: async (name = 'Slack') =>
      (await alerts.channels.create(admin, { name, type: 'slack', url: slack.url })).channel,
    async round(minutes = 0.5) {
      await clock.advance(minutes * ALERT_MINUTE);
      await alerts.evaluate();
      await alerts.deliver();
    },
    texts,
    firstLines: () => texts().map((text) => text.split('\n')[0]),
    open: () => alerts.open(workspaceId),
    async end() {
      remove();
      await slack.close();
    },
  };
}
