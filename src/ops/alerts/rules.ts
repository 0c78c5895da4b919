import type pg from 'pg';
import { ALERT_KINDS, defaultParams, kindSpec, type RuleInput, type RuleView } from '#domain/alert.ts';
import { AppError } from '#domain/errors.ts';
import { type Principal, principalLabel } from '#domain/principal.ts';
import type { Clock } from '#platform/clock.ts';
import { inTransaction } from '#platform/db/in-transaction.ts';
import { newId } from '#platform/ids.ts';
import { RULE_COLUMNS, toRule } from './rows.ts';

/** What an administrator does with rules. Another workspace's rule or channel is AppError NOT_FOUND. */
export interface Rules {
  list(workspaceId: string): Promise<readonly RuleView[]>;
  create(actor: Principal, input: RuleInput): Promise<RuleView>;
  /** @throws AppError CONFLICT when `input` is of another kind */
  update(actor: Principal, id: string, input: RuleInput): Promise<RuleView>;
  setEnabled(actor: Principal, id: string, enabled: boolean): Promise<RuleView>;
  /** For so many minutes from now nothing of this rule is sent; 0 ends that. */
  mute(actor: Principal, id: string, minutes: number): Promise<RuleView>;
  /** Its open alerts end with it. @throws AppError CONFLICT for one that came with the workspace */
  remove(actor: Principal, id: string): Promise<void>;
}

export interface RulesDeps {
  readonly pool: pg.Pool;
  readonly clock: Pick<Clock, 'now'>;
}

const ONE = 'WHERE workspace_id = $1 AND id = $2';
const LIST_SQL = `
  SELECT ${RULE_COLUMNS} FROM alert_rule WHERE workspace_id = $1
  ORDER BY is_default DESC, array_position($2::text[], kind), created_at, id`;
const CREATE_SQL = `
  INSERT INTO alert_rule (id, workspace_id, kind, name, enabled, severity, params, sources, all_channels, channel_ids,
    quiet, quiet_holds_critical, remind_minutes, updated_by, created_at, updated_at)
  VALUES ($2, $1, $15, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14) RETURNING ${RULE_COLUMNS}`;
const UPDATE_SQL = `
  UPDATE alert_rule SET name = $3, enabled = $4, severity = $5, params = $6, sources = $7, all_channels = $8,
    channel_ids = $9, quiet = $10, quiet_holds_critical = $11, remind_minutes = $12, updated_by = $13, updated_at = $14,
    last_error = NULL, failing_since = NULL
  ${ONE} AND kind = $15 RETURNING ${RULE_COLUMNS}`;
const CHANGE = `updated_by = $4, updated_at = $5 ${ONE} RETURNING ${RULE_COLUMNS}`;
const ENABLE_SQL = `UPDATE alert_rule SET enabled = $3, last_error = NULL, failing_since = NULL, ${CHANGE}`;
const MUTE_SQL = `UPDATE alert_rule SET muted_until = $3, ${CHANGE}`;
/** Waits for who evaluates it now and may open an alert, and lets nobody open another. */
const LOCK_SQL = `SELECT FROM alert_rule ${ONE} FOR UPDATE`;
/** A rule that is gone is looked at by nobody: what it had opened would stay open for ever. */
const END_ALERTS_SQL = `UPDATE alert SET state = 'resolved', resolved_at = $3
  WHERE workspace_id = $1 AND rule_id = $2 AND state = 'open'`;
const REMOVE_SQL = `DELETE FROM alert_rule ${ONE} AND NOT is_default`;
const COUNT_CHANNELS_SQL =
  'SELECT count(*) AS count FROM alert_channel WHERE workspace_id = $1 AND id = ANY ($2::uuid[])';

export function createRules({ pool, clock }: RulesDeps): Rules {
  const find = async (workspaceId: string, id: string) => {
    const { rows } = await pool.query(`SELECT ${RULE_COLUMNS} FROM alert_rule ${ONE}`, [workspaceId, id]);
    if (rows.length === 0) throw new AppError('NOT_FOUND');
    return toRule(rows[0]);
  };

  const assertChannels = async (workspaceId: string, ids: readonly string[]) => {
    const distinct = [...new Set(ids)];
    if (distinct.length === 0) return;
    const { rows } = await pool.query(COUNT_CHANNELS_SQL, [workspaceId, distinct]);
    if (rows[0]?.count !== distinct.length) throw new AppError('NOT_FOUND', { message: 'There is no such channel.' });
  };

  const valuesOf = (actor: Principal, id: string, rule: RuleInput) => [
    actor.workspaceId,
    id,
    rule.name,
    rule.enabled,
    rule.severity,
    JSON.stringify(rule.params),
    rule.sources,
    rule.allChannels,
    rule.channelIds,
    JSON.stringify(rule.quiet),
    rule.quietHoldsCritical,
    rule.remindMinutes,
    principalLabel(actor),
    clock.now(),
    rule.kind,
  ];

  const change = async (sql: string, actor: Principal, id: string, value: unknown) => {
    const { rows } = await pool.query(sql, [actor.workspaceId, id, value, principalLabel(actor), clock.now()]);
    if (rows.length === 0) throw new AppError('NOT_FOUND');
    return toRule(rows[0]);
  };

  return {
    async list(workspaceId) {
      await ensureDefaults(pool, clock.now());
      return (await pool.query(LIST_SQL, [workspaceId, ALERT_KINDS])).rows.map(toRule);
    },

    async create(actor, input) {
      await assertChannels(actor.workspaceId, input.channelIds);
      const { rows } = await pool.query(CREATE_SQL, valuesOf(actor, newId(clock.now().getTime()), input));
      return toRule(rows[0]);
    },

    async update(actor, id, input) {
      const { kind } = await find(actor.workspaceId, id);
      if (kind !== input.kind) {
        const issues = [{ path: 'kind', message: `must stay ${kind}; make another rule for ${input.kind}` }];
        throw new AppError('CONFLICT', { message: 'What a rule watches cannot be changed.', issues });
      }
      await assertChannels(actor.workspaceId, input.channelIds);
      const { rows } = await pool.query(UPDATE_SQL, valuesOf(actor, id, input));
      if (rows.length === 0) throw new AppError('NOT_FOUND');
      return toRule(rows[0]);
    },

    setEnabled: (actor, id, enabled) => change(ENABLE_SQL, actor, id, enabled),
    mute: (actor, id, minutes) => change(MUTE_SQL, actor, id, mutedUntil(clock.now(), minutes)),

    async remove(actor, id) {
      const { isDefault } = await find(actor.workspaceId, id);
      if (isDefault) {
        throw new AppError('CONFLICT', { message: 'This rule comes with the workspace. Switch it off instead.' });
      }
      await inTransaction(pool, async (client) => {
        await client.query(LOCK_SQL, [actor.workspaceId, id]);
        await client.query(END_ALERTS_SQL, [actor.workspaceId, id, clock.now()]);
        await client.query(REMOVE_SQL, [actor.workspaceId, id]);
      });
    },
  };
}

/** Null for 0 minutes. */
export function mutedUntil(now: Date, minutes: number): Date | null {
  return minutes === 0 ? null : new Date(now.getTime() + minutes * 60_000);
}

const DEFAULTS_SQL = `
  INSERT INTO alert_rule (id, workspace_id, kind, name, is_default, severity, params, remind_minutes, created_at, updated_at)
  SELECT gen_random_uuid(), w.id, d.kind, d.name, true, d.severity, d.params::jsonb, d.remind_minutes, $6::timestamptz,
    $6::timestamptz
  FROM workspace w
  CROSS JOIN unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[])
    AS d (kind, name, severity, params, remind_minutes)
  WHERE NOT EXISTS (SELECT FROM alert_rule r WHERE r.workspace_id = w.id AND r.kind = d.kind AND r.is_default)
  ON CONFLICT DO NOTHING`;

/** Gives every workspace the rules that come with it. Cheap when all have theirs. */
export async function ensureDefaults(db: Pick<pg.Pool, 'query'>, now: Date): Promise<void> {
  const specs = ALERT_KINDS.map(kindSpec);
  await db.query(DEFAULTS_SQL, [
    ALERT_KINDS,
    specs.map(({ label }) => label),
    specs.map(({ severity }) => severity),
    ALERT_KINDS.map((kind) => JSON.stringify(defaultParams(kind))),
    specs.map(({ remindMinutes }) => remindMinutes),
    now,
  ]);
}
