import type pg from 'pg';
import { z } from 'zod';
import type { RuleView } from '#domain/alert.ts';
import { quietUntil } from '#domain/quiet-times.ts';
import type { Clock } from '#platform/clock.ts';
import { isDatabaseAway } from '#platform/db/away.ts';
import { inTransactionOn } from '#platform/db/in-transaction.ts';
import { newId } from '#platform/ids.ts';
import type { Logger } from '#platform/log.ts';
import { catchUp } from '../sources/index.ts';
import { type Finding, WATCHES, type WatchContext } from './kinds/index.ts';
import { isSpoolInUse } from './kinds/spool-in-use.ts';
import { applyStep, type RuleWorkspace } from './record.ts';
import { ALERT_COLUMNS, type AlertRow, alertRow, RULE_COLUMNS, toRule } from './rows.ts';
import { ensureDefaults } from './rules.ts';
import { step } from './step.ts';
import { sweepAlerts } from './sweep.ts';

export interface EvaluateDeps {
  readonly pool: pg.Pool;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  /** Which key this process encrypts with. */
  readonly keyId: string;
  readonly linkTo: (path: string) => string | null;
}

interface RoundDeps extends EvaluateDeps {
  readonly isAllCounted: WatchContext['isAllCounted'];
}

/** Held by the one process that evaluates; gone with its connection. */
const LOCK_SQL = "SELECT pg_try_advisory_lock(x'48495354'::int, x'414c5254'::int) AS taken";
const UNLOCK_SQL = "SELECT pg_advisory_unlock(x'48495354'::int, x'414c5254'::int)";
const RULES_SQL = `
  SELECT ${RULE_COLUMNS} FROM alert_rule r
  WHERE r.enabled OR EXISTS (SELECT FROM alert a WHERE a.rule_id = r.id AND a.state = 'open')
  ORDER BY r.kind = 'alert-delivery', r.workspace_id, r.created_at, r.id`;
const WORKSPACES_SQL = 'SELECT id, name, time_zone AS "timeZone" FROM workspace';
const workspaceRow = z.object({ id: z.string(), name: z.string(), timeZone: z.string() });
const DONE_SQL = 'UPDATE alert_round SET evaluated_at = $1';
/** A rule that takes longer is too much for the database, and says so. */
const LIMIT_SQL = "SET LOCAL statement_timeout = '5s'";
const OPEN_SQL = `SELECT ${ALERT_COLUMNS} FROM alert a WHERE a.rule_id = $1 AND a.state = 'open' FOR UPDATE`;
const FAILED_SQL = `
  UPDATE alert_rule SET last_error = $2, failing_since = CASE WHEN $2::text IS NULL THEN NULL ELSE coalesce(failing_since, $3) END
  WHERE id = $1 AND last_error IS DISTINCT FROM $2`;

/** Evaluates every rule once; false when another process is at it. Rejects when the database is away. */
export async function evaluate(deps: EvaluateDeps, signal?: AbortSignal): Promise<boolean> {
  const client = await deps.pool.connect();
  let taken = false;
  try {
    taken = (await client.query(LOCK_SQL)).rows[0]?.taken === true;
    if (taken) await evaluateAll(deps, client, signal);
    return taken;
  } finally {
    if (taken) await client.query(UNLOCK_SQL).catch(() => undefined);
    client.release();
  }
}

async function evaluateAll(deps: EvaluateDeps, client: pg.PoolClient, signal: AbortSignal | undefined): Promise<void> {
  const { clock, keyId, log } = deps;
  await ensureDefaults(client, clock.now());
  const isAllCounted = areArrivalsCounted(client, clock.now());
  // What goes wrong there fails the rules that need it, and no others.
  await isAllCounted.catch((error: unknown) => {
    if (isDatabaseAway(error)) throw error;
    log.error({ err: error }, 'what arrived could not be counted; silence is not judged');
  });
  const workspaces = z.array(workspaceRow).parse((await client.query(WORKSPACES_SQL)).rows);
  const byId = new Map(workspaces.map((workspace) => [workspace.id, workspace]));
  for (const row of (await client.query(RULES_SQL)).rows) {
    const workspace = byId.get(row.workspace_id);
    if (workspace && !signal?.aborted) await evaluateRule({ ...deps, isAllCounted }, client, toRule(row), workspace);
  }
  await sweepAlerts(client, clock.now(), keyId);
  await client.query(DONE_SQL, [clock.now()]);
}

/**
 * Whether the counts say what has come. First it is looked whether events wait in a spool, then counting ends where the
 * book ends: what gets out of a spool in between is counted, too.
 */
async function areArrivalsCounted(client: pg.PoolClient, now: Date): Promise<boolean> {
  return !(await isSpoolInUse({ db: client, now })) && (await catchUp(client, now));
}

/** In a transaction of its own: what a rule does not get done concerns no other. */
async function evaluateRule(
  deps: RoundDeps,
  client: pg.PoolClient,
  rule: RuleView,
  workspace: RuleWorkspace,
): Promise<void> {
  const { clock, log } = deps;
  try {
    await inTransactionOn(client, async () => {
      await client.query(LIMIT_SQL);
      await watchAndRecord(deps, client, rule, workspace);
    });
    if (rule.lastError !== null) await client.query(FAILED_SQL, [rule.id, null, null]);
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    log.error({ err: error, ruleId: rule.id, kind: rule.kind, workspaceId: workspace.id }, 'a rule was not evaluated');
    const reason = error instanceof Error ? error.message : String(error);
    await client.query(FAILED_SQL, [rule.id, reason.slice(0, 500), clock.now()]);
  }
}

async function watchAndRecord(
  { clock, linkTo, isAllCounted }: RoundDeps,
  db: pg.PoolClient,
  rule: RuleView,
  workspace: RuleWorkspace,
): Promise<void> {
  const now = clock.now();
  const open = new Map((await db.query(OPEN_SQL, [rule.id])).rows.map((row) => keyed(alertRow.parse(row))));
  const context = { db, now, workspace, rule, open: new Set(open.keys()), isAllCounted };
  const outlook = rule.enabled ? await WATCHES[rule.kind](context) : [];
  if (outlook === 'undecided') return;
  const quiet = quietUntil(rule.quiet, now, workspace.timeZone);
  const seen = new Map<string, Finding>(outlook.map((finding) => [finding.subject, finding]));
  for (const subject of new Set([...open.keys(), ...seen.keys()])) {
    const standing = open.get(subject);
    const finding = seen.get(subject);
    const isMuted = [rule.mutedUntil, standing?.muted_until?.toISOString()].some(
      (until) => until && until > now.toISOString(),
    );
    const next = step(standing && standingOf(standing), finding?.severity, {
      now,
      quietUntil: quiet,
      quietHoldsCritical: rule.quietHoldsCritical,
      isMuted,
      remindMs: rule.remindMinutes * 60_000,
    });
    await applyStep(
      { db, now, rule, workspace, linkTo, newId: () => newId(now.getTime()) },
      { standing, finding, next },
    );
  }
}

function keyed(alert: AlertRow): [string, AlertRow] {
  return [alert.subject, alert];
}

function standingOf(alert: AlertRow) {
  return {
    severity: alert.severity,
    calmSince: alert.calm_since,
    notifiedAt: alert.notified_at,
    notifiedSeverity: alert.notified_severity,
    acknowledgedAt: alert.acknowledged_at,
  };
}
