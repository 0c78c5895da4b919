import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { ChannelChange, ChannelInput, ChannelView, SendResult } from '#domain/alert.ts';
import { AppError } from '#domain/errors.ts';
import { type Principal, principalLabel } from '#domain/principal.ts';
import type { Clock } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import type { Seal } from '#platform/seal.ts';
import type { AlertMessage } from './message.ts';
import { CHANNEL_COLUMNS, SEALED_COLUMNS, type SealedChannel, sealedChannel, toChannel } from './rows.ts';
import { assertMayBeCalled } from './safe-address.ts';
import type { Send, Target } from './send.ts';

/** A channel and the secret that signs what it is sent: shown this once, null for Slack, which knows none. */
export interface CreatedChannel {
  readonly channel: ChannelView;
  readonly secret: string | null;
}

/** Where alerts go besides the app itself. Another workspace's channel is AppError NOT_FOUND. */
export interface Channels {
  list(workspaceId: string): Promise<readonly ChannelView[]>;
  /** @throws AppError INVALID_INPUT for an address that nothing is sent to */
  create(actor: Principal, input: ChannelInput): Promise<CreatedChannel>;
  /** With a new address, what waits is tried again at once. */
  update(actor: Principal, id: string, change: ChannelChange): Promise<ChannelView>;
  /** A new secret; the old one signs nothing from now on. @throws AppError CONFLICT for Slack */
  rotateSecret(actor: Principal, id: string): Promise<CreatedChannel>;
  remove(actor: Principal, id: string): Promise<void>;
  /** Sends a test message now, and gives what the receiver answered. */
  test(actor: Principal, id: string): Promise<SendResult>;
}

export interface ChannelsDeps {
  readonly pool: pg.Pool;
  readonly clock: Pick<Clock, 'now'>;
  readonly seal: Seal;
  readonly send: Send;
  readonly allowPrivate: boolean;
  /** Whole address of a page, where the server knows its own. */
  readonly linkTo: (path: string) => string | null;
}

const ONE = 'WHERE c.workspace_id = $1 AND c.id = $2';
const LIST_SQL = `SELECT ${CHANNEL_COLUMNS} FROM alert_channel c WHERE c.workspace_id = $1 ORDER BY c.created_at, c.id`;
const GET_SQL = `SELECT ${SEALED_COLUMNS} FROM alert_channel c ${ONE}`;
const CREATE_SQL = `
  INSERT INTO alert_channel AS c
    (id, workspace_id, name, type, sealed_url, shown_url, sealed_secret, key_id, created_by, created_at, updated_at)
  VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $10) RETURNING ${CHANNEL_COLUMNS}`;
/** A new address has not failed yet. */
const UPDATE_SQL = `
  UPDATE alert_channel c SET name = coalesce($3, c.name), enabled = coalesce($4, c.enabled), updated_at = $10,
    sealed_url = coalesce($5, c.sealed_url), shown_url = coalesce($6, c.shown_url),
    sealed_secret = coalesce($7, c.sealed_secret), key_id = coalesce($8, c.key_id),
    failures = CASE WHEN $9 THEN 0 ELSE c.failures END,
    failing_since = CASE WHEN $9 THEN NULL ELSE c.failing_since END,
    last_error = CASE WHEN $9 THEN NULL ELSE c.last_error END
  ${ONE} RETURNING ${CHANNEL_COLUMNS}`;
/** Not what a quiet time holds back. */
const TRY_AGAIN_SQL = `
  UPDATE alert_delivery SET next_try_at = $2 WHERE channel_id = $1 AND state = 'waiting' AND created_at <= $2`;
const REMOVE_SQL = `DELETE FROM alert_channel c ${ONE} RETURNING c.id`;
const WORKSPACE_SQL = 'SELECT name FROM workspace WHERE id = $1';

export function createChannels(deps: ChannelsDeps): Channels {
  const { pool, clock, seal, send, allowPrivate, linkTo } = deps;

  const find = async (workspaceId: string, id: string): Promise<SealedChannel> => {
    const { rows } = await pool.query(GET_SQL, [workspaceId, id]);
    if (rows.length === 0) throw new AppError('NOT_FOUND');
    return sealedChannel.parse(rows[0]);
  };

  /** Changes what is given. A channel whose key is another installation's needs all that is encrypted anew. */
  const change = async (actor: Principal, id: string, given: ChannelChange & { readonly secret?: string }) => {
    const { name, enabled, secret } = given;
    const url = given.url === undefined ? undefined : assertMayBeCalled(given.url, allowPrivate);
    const isSealedAnew = url !== undefined || secret !== undefined;
    const values = [
      actor.workspaceId,
      id,
      name ?? null,
      enabled ?? null,
      url ? seal.seal(url.href, purposeOf('url', id)) : null,
      url ? url.origin : null,
      secret === undefined ? null : seal.seal(secret, purposeOf('secret', id)),
      isSealedAnew ? seal.keyId : null,
      url !== undefined,
      clock.now(),
    ];
    const { rows } = await pool.query(UPDATE_SQL, values);
    if (rows.length === 0) throw new AppError('NOT_FOUND');
    if (url !== undefined || enabled === true) await pool.query(TRY_AGAIN_SQL, [id, clock.now()]);
    return toChannel(rows[0]);
  };

  return {
    list: async (workspaceId) => (await pool.query(LIST_SQL, [workspaceId])).rows.map(toChannel),

    async create(actor, { name, type, url: given }) {
      const url = assertMayBeCalled(given, allowPrivate);
      const id = newId(clock.now().getTime());
      const secret = type === 'webhook' ? newSecret() : null;
      const { rows } = await pool.query(CREATE_SQL, [
        actor.workspaceId,
        id,
        name,
        type,
        seal.seal(url.href, purposeOf('url', id)),
        url.origin,
        secret === null ? null : seal.seal(secret, purposeOf('secret', id)),
        seal.keyId,
        principalLabel(actor),
        clock.now(),
      ]);
      return { channel: toChannel(rows[0]), secret };
    },

    async update(actor, id, given) {
      const sealed = await find(actor.workspaceId, id);
      const isForeign = given.url !== undefined && sealed.key_id !== seal.keyId && sealed.sealed_secret !== null;
      if (isForeign) {
        const message = 'Its secret was encrypted with another key. Remove this channel and make it anew.';
        throw new AppError('CONFLICT', { message });
      }
      return change(actor, id, given);
    },

    async rotateSecret(actor, id) {
      const sealed = await find(actor.workspaceId, id);
      if (sealed.type === 'slack') throw new AppError('CONFLICT', { message: 'Slack checks no signature.' });
      targetOf(seal, sealed);
      const secret = newSecret();
      return { channel: await change(actor, id, { secret }), secret };
    },

    async remove(actor, id) {
      const { rowCount } = await pool.query(REMOVE_SQL, [actor.workspaceId, id]);
      if (rowCount === 0) throw new AppError('NOT_FOUND');
    },

    async test(actor, id) {
      const { workspaceId } = actor;
      const target = targetOf(seal, await find(workspaceId, id));
      const { rows } = await pool.query(WORKSPACE_SQL, [workspaceId]);
      const testId = newId(clock.now().getTime());
      const workspace = { id: workspaceId, name: String(rows[0]?.name) };
      const by = principalLabel(actor);
      const message = testMessage(testId, workspace, by, clock.now(), linkTo('/admin/alerts?tab=channels'));
      const { ok, status, answer, error, durationMs } = await send(target, message, testId);
      return { ok, status, answer, error, durationMs };
    },
  };
}

function testMessage(
  id: string,
  workspace: AlertMessage['workspace'],
  by: string,
  now: Date,
  link: string | null,
): AlertMessage {
  return {
    event: 'test',
    workspace,
    alert: {
      id,
      kind: 'alert-delivery',
      rule: 'Test',
      subject: 'test',
      severity: 'warning',
      title: 'Alerts of Historybook arrive here',
      summary: 'Nothing is wrong: somebody pressed the test button.',
      facts: [{ label: 'Sent by', value: by }],
      openedAt: now.toISOString(),
      resolvedAt: null,
    },
    link,
  };
}

function newSecret(): string {
  return `whsec_${randomBytes(24).toString('base64url')}`;
}

function purposeOf(what: 'url' | 'secret', channelId: string): string {
  return `alert-channel:${channelId}:${what}`;
}

/** What a channel stands for, in clear. @throws AppError CONFLICT when it was encrypted with another key */
export function targetOf(seal: Seal, { id, type, sealed_url, sealed_secret, key_id }: SealedChannel): Target {
  if (key_id !== seal.keyId) {
    const message =
      'The address was encrypted with another key (ENCRYPTION_KEY, or the one in DATA_DIR/secrets.json). Enter it anew.';
    throw new AppError('CONFLICT', { message });
  }
  const secret = sealed_secret === null ? undefined : seal.open(sealed_secret, purposeOf('secret', id));
  return { type, url: seal.open(sealed_url, purposeOf('url', id)), secret };
}
