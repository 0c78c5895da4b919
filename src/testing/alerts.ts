import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import type { AlertKind, RuleInput, RuleView } from '#domain/alert.ts';
import type { UserPrincipal } from '#domain/principal.ts';
import type { FallbackState } from '#ingest/index.ts';
import { type Alerts, createAlerts } from '#ops/alerts/index.ts';
import { silentLogger } from '#platform/log.ts';
import { createSeal } from '#platform/seal.ts';
import type { Service } from '#platform/service.ts';
import type { ManualClock } from './clock.ts';

export interface TestAlertsOptions {
  readonly pool: pg.Pool;
  readonly clock: ManualClock;
  /** Made anew, and removed by `remove`, when not given. */
  readonly dataDir?: string;
  readonly secret?: string;
  readonly fallback?: () => FallbackState | undefined;
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
  const alerts = createAlerts({
    pool,
    clock,
    log: silentLogger,
    config: { dataDir, publicUrl: 'https://history.example.com', port: 0, alertsAllowPrivate: true },
    seal: createSeal(secret),
    fallback: options.fallback ?? (() => undefined),
    timeoutMs: 300,
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
