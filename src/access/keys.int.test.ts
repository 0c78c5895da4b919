import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Principal, UserPrincipal } from '#domain/principal.ts';
import { KEY_SCOPES } from '#domain/roles.ts';
import { addPerson, startTestAccess, TEST_INTERNAL_KEY, type TestAccess } from '#testing/access.ts';
import { createManualClock, type ManualClock } from '#testing/clock.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';

let database: TestDatabase;
let one: TestAccess;
let two: TestAccess;
let clock: ManualClock;
let admin: UserPrincipal;
let foreigner: UserPrincipal;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

beforeEach(async () => {
  await database.pool.query('DELETE FROM workspace');
  await database.pool.query('DELETE FROM account_user');
  clock = createManualClock();
  one = await startTestAccess(database, { clock });
  two = await startTestAccess(database, { clock });
  admin = await addAdmin('a');
  foreigner = await addAdmin('b');
  return async () => {
    await one.stop();
    await two.stop();
  };
});

async function addAdmin(slug: string): Promise<UserPrincipal> {
  const { id: workspaceId } = await one.prisma.workspace.create({ data: { name: slug, slug } });
  const { userId, email } = await addPerson(one.prisma, workspaceId, 'ADMIN');
  return { kind: 'user', userId, sessionId: 's', email, name: 'Admin', superAdmin: false, workspaceId, role: 'ADMIN' };
}

const withKey = (secret: string, more: Record<string, string> = {}) => new Headers({ 'x-api-key': secret, ...more });

/** Asks until the answer is what it should be: another process hears of a change a moment later. */
async function eventually<T>(ask: () => T | Promise<T>, isRight: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 5_000;
  for (;;) {
    const answer = await ask();
    if (isRight(answer) || Date.now() > deadline) return answer;
    await new Promise(setImmediate);
  }
}

const isSomebody = (principal: Principal | null) => principal !== null;
const isNobody = (principal: Principal | null) => principal === null;

describe('a service key', () => {
  it('works in every process from the moment it is made, by either header, with its scopes in its workspace', async () => {
    const { secret, key } = await one.access.keys.create(admin, { name: 'n8n', scopes: ['activity:write'] });
    const principal: Principal = {
      kind: 'key',
      keyId: key.id,
      name: 'n8n',
      workspaceId: admin.workspaceId,
      scopes: ['activity:write'],
    };
    expect(await one.access.authenticate(withKey(secret))).toEqual(principal);
    for (const process of [one, two]) {
      expect(await eventually(() => process.access.authenticate(withKey(secret)), isSomebody)).toEqual(principal);
      expect(await process.access.authenticate(new Headers({ authorization: `Bearer ${secret}` }))).toEqual(principal);
    }
  });

  it('is kept as its hash alone', async () => {
    const { secret, key } = await one.access.keys.create(admin, { name: 'n8n', scopes: ['activity:write'] });
    const { rows } = await database.pool.query('SELECT to_jsonb(api_key)::text AS row FROM api_key');
    expect(rows).toHaveLength(1);
    expect(rows[0].row).not.toContain(secret.slice(9));
    expect(JSON.stringify([await one.access.keys.list(admin.workspaceId), key])).not.toContain(secret.slice(9));
    expect(JSON.stringify(one.access.keys.loadedHashes())).not.toContain(secret.slice(9));
  });

  it('is nobody when it is wrong, whatever session comes with it', async () => {
    const { secret } = await one.access.keys.create(admin, { name: 'n8n', scopes: ['activity:write'] });
    await eventually(() => one.access.authenticate(withKey(secret)), isSomebody);
    for (const wrong of ['', 'hb_', `${secret}x`, secret.slice(0, -1), secret.toUpperCase(), 'x'.repeat(5_000)]) {
      expect(await one.access.authenticate(withKey(wrong, { cookie: 'hb.session_token=x' }))).toBeNull();
    }
  });

  it('enters no other workspace', async () => {
    const { secret } = await one.access.keys.create(admin, { name: 'n8n', scopes: ['activity:write'] });
    await eventually(() => one.access.authenticate(withKey(secret)), isSomebody);
    const own = withKey(secret, { 'x-workspace-id': admin.workspaceId.toUpperCase() });
    expect(await one.access.authenticate(own)).toMatchObject({ workspaceId: admin.workspaceId });
    for (const other of [foreigner.workspaceId, 'not-a-uuid', '00000000-0000-0000-0000-000000000000']) {
      await expect(one.access.authenticate(withKey(secret, { 'x-workspace-id': other }))).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    }
  });

  it('ends at once in every process when it is revoked, and what it holds open is closed', async () => {
    const { secret, key } = await one.access.keys.create(admin, { name: 'n8n', scopes: ['activity:write'] });
    const principal = await eventually(() => two.access.authenticate(withKey(secret)), isSomebody);
    const closed = new Promise<boolean>((resolve) => {
      two.access.onRevoked((match) => resolve(principal !== null && match(principal)));
    });
    expect(await one.access.keys.revoke(admin, key.id)).toMatchObject({ state: 'revoked' });
    expect(await one.access.authenticate(withKey(secret))).toBeNull();
    expect(await closed).toBe(true);
    expect(await two.access.authenticate(withKey(secret))).toBeNull();
    await clock.advance(60_000);
    expect(await one.access.authenticate(withKey(secret))).toBeNull();
    expect(await one.access.keys.revoke(admin, key.id)).toMatchObject({ state: 'revoked' });
  });

  it('ends to the second when it expires', async () => {
    const expiresAt = new Date(clock.now().getTime() + 10_000);
    const { secret } = await one.access.keys.create(admin, { name: 'n8n', scopes: ['activity:read'], expiresAt });
    const principal = await eventually(() => one.access.authenticate(withKey(secret)), isSomebody);
    const closed: boolean[] = [];
    one.access.onRevoked((match) => closed.push(principal !== null && match(principal)));
    await clock.advance(9_999);
    expect(await one.access.authenticate(withKey(secret))).not.toBeNull();
    await clock.advance(1);
    expect(await one.access.authenticate(withKey(secret))).toBeNull();
    expect(closed).toEqual([true]);
    expect(await one.access.keys.list(admin.workspaceId)).toMatchObject([{ state: 'expired' }]);
  });

  it('is there again after a restart, until it was revoked', async () => {
    const kept = await one.access.keys.create(admin, { name: 'kept', scopes: ['activity:write'] });
    const ended = await one.access.keys.create(admin, { name: 'ended', scopes: ['activity:write'] });
    await one.access.keys.revoke(admin, ended.key.id);
    const three = await startTestAccess(database, { clock });
    try {
      expect(await three.access.authenticate(withKey(kept.secret))).toMatchObject({ name: 'kept' });
      expect(await three.access.authenticate(withKey(ended.secret))).toBeNull();
      expect(three.access.keys.loadedHashes()).toEqual([
        expect.objectContaining({ id: kept.key.id, workspaceId: admin.workspaceId, scopes: ['activity:write'] }),
      ]);
    } finally {
      await three.stop();
    }
  });

  it('that is changed behind our back is right again after half a minute', async () => {
    const { secret, key } = await one.access.keys.create(admin, { name: 'n8n', scopes: ['activity:write'] });
    await eventually(() => one.access.authenticate(withKey(secret)), isSomebody);
    await database.pool.query('UPDATE api_key SET revoked_at = now() WHERE id = $1', [key.id]);
    await clock.advance(30_000);
    expect(await eventually(() => one.access.authenticate(withKey(secret)), isNobody)).toBeNull();
  });

  it('notes when it was used, at most once a minute', async () => {
    const { secret, key } = await one.access.keys.create(admin, { name: 'n8n', scopes: ['activity:write'] });
    await eventually(() => one.access.authenticate(withKey(secret)), isSomebody);
    const lastUsedAt = async () => (await one.access.keys.list(admin.workspaceId))[0]?.lastUsedAt ?? null;
    expect(await lastUsedAt()).toBeNull();
    await clock.advance(5_000);
    const first = await eventually(lastUsedAt, (at) => at !== null);
    expect(first).not.toBeNull();
    await one.access.authenticate(withKey(secret));
    await clock.advance(30_000);
    expect(await lastUsedAt()).toBe(first);
    await clock.advance(30_000);
    expect(await eventually(lastUsedAt, (at) => at !== first)).not.toBe(first);
    expect(key.lastUsedAt).toBeNull();
  });
});

describe('rotating a key', () => {
  it('makes another one like it, and lets the old one go on for a while', async () => {
    const old = await one.access.keys.create(admin, { name: 'n8n', scopes: ['activity:write', 'leads:write'] });
    const next = await one.access.keys.rotate(admin, old.key.id, 0.05);
    expect(next.key).toMatchObject({ name: 'n8n', scopes: ['activity:write', 'leads:write'], replacesId: old.key.id });
    expect(next.key.expiresAt).toBeNull();
    for (const process of [one, two]) {
      await eventually(() => process.access.authenticate(withKey(next.secret)), isSomebody);
      expect(await process.access.authenticate(withKey(old.secret))).toMatchObject({ keyId: old.key.id });
    }
    expect(await one.access.keys.list(admin.workspaceId)).toMatchObject([{ state: 'active' }, { state: 'expiring' }]);
    await eventually(
      () => one.access.keys.loadedHashes(),
      (keys) => keys.some((key) => key.id === old.key.id && key.expiresAt !== null),
    );
    await clock.advance(0.05 * 3_600_000);
    expect(await one.access.authenticate(withKey(old.secret))).toBeNull();
    expect(await one.access.authenticate(withKey(next.secret))).not.toBeNull();
  });

  it('ends the old one at once without an overlap', async () => {
    const old = await one.access.keys.create(admin, { name: 'n8n', scopes: ['activity:write'] });
    await eventually(() => one.access.authenticate(withKey(old.secret)), isSomebody);
    await one.access.keys.rotate(admin, old.key.id, 0);
    expect(await one.access.authenticate(withKey(old.secret))).toBeNull();
  });

  it('gives as long a life as the old one had, which never lives longer than it would have', async () => {
    const life = 10 * 60_000;
    const expiresAt = new Date(clock.now().getTime() + life);
    const old = await one.access.keys.create(admin, { name: 'n8n', scopes: ['activity:write'], expiresAt });
    await clock.advance(life / 2);
    const next = await one.access.keys.rotate(admin, old.key.id, 48);
    expect(next.key.expiresAt).toBe(new Date(clock.now().getTime() + life).toISOString());
    const [, before] = await one.access.keys.list(admin.workspaceId);
    expect(before?.expiresAt).toBe(expiresAt.toISOString());
  });

  it('is done once, also by two at the same time, and not for a key that has ended', async () => {
    const old = await one.access.keys.create(admin, { name: 'n8n', scopes: ['activity:write'] });
    const tries = await Promise.allSettled([one, two].map(({ access }) => access.keys.rotate(admin, old.key.id, 1)));
    expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(tries.find((attempt) => attempt.status === 'rejected')?.reason).toMatchObject({ code: 'CONFLICT' });
    const ended = await one.access.keys.create(admin, { name: 'n8n', scopes: ['activity:write'] });
    await one.access.keys.revoke(admin, ended.key.id);
    await expect(one.access.keys.rotate(admin, ended.key.id, 1)).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});

describe('keys of another workspace', () => {
  it('are not there', async () => {
    const { secret, key } = await one.access.keys.create(admin, { name: 'n8n', scopes: ['activity:write'] });
    expect(await one.access.keys.list(foreigner.workspaceId)).toEqual([]);
    await expect(one.access.keys.revoke(foreigner, key.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(one.access.keys.rotate(foreigner, key.id, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await eventually(() => one.access.authenticate(withKey(secret)), isSomebody)).not.toBeNull();
  });
});

describe('making a key', () => {
  it('takes no scope that the maker lacks, and no end in the past', async () => {
    const pm: UserPrincipal = { ...admin, role: 'PM' };
    await expect(one.access.keys.create(pm, { name: 'x', scopes: ['activity:write'] })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    const past = { name: 'x', scopes: ['activity:write'] as const, expiresAt: clock.now() };
    await expect(one.access.keys.create(admin, past)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('the bootstrap key', () => {
  it('has every scope, in the oldest workspace that is no demo or in the one that is named', async () => {
    await one.prisma.workspace.update({ where: { id: admin.workspaceId }, data: { isDemo: true } });
    one.signals.deliver([{ kind: 'workspace', id: admin.workspaceId }]);
    expect(await one.access.authenticate(withKey(TEST_INTERNAL_KEY))).toEqual({
      kind: 'key',
      keyId: 'internal',
      name: 'internal-api-key',
      workspaceId: foreigner.workspaceId,
      scopes: KEY_SCOPES,
    });
    const named = withKey(TEST_INTERNAL_KEY, { 'x-workspace-id': admin.workspaceId });
    expect(await one.access.authenticate(named)).toMatchObject({ workspaceId: admin.workspaceId });
    const none = withKey(TEST_INTERNAL_KEY, { 'x-workspace-id': '00000000-0000-0000-0000-000000000000' });
    await expect(one.access.authenticate(none)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const { rows } = await database.pool.query('SELECT * FROM api_key');
    expect(rows).toEqual([]);
  });

  it('works in the first demo when there is nothing else', async () => {
    await one.prisma.workspace.updateMany({ data: { isDemo: true } });
    one.signals.deliver([{ kind: 'workspace', id: admin.workspaceId }]);
    expect(await one.access.authenticate(withKey(TEST_INTERNAL_KEY))).toMatchObject({ workspaceId: admin.workspaceId });
  });
});

describe('when the database is away', () => {
  it('keys go on as they were known', async () => {
    const { secret } = await one.access.keys.create(admin, { name: 'n8n', scopes: ['activity:write'] });
    await eventually(() => one.access.authenticate(withKey(secret)), isSomebody);
    await clock.advance(1_000);
    await one.access.authenticate(withKey(TEST_INTERNAL_KEY));
    const { query, connect } = database.pool;
    const away = () => Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }));
    Object.assign(database.pool, { query: away, connect: away });
    try {
      await clock.advance(60_000);
      expect(await one.access.authenticate(withKey(secret))).toMatchObject({ name: 'n8n' });
      expect(await one.access.authenticate(withKey(TEST_INTERNAL_KEY))).toMatchObject({ keyId: 'internal' });
    } finally {
      Object.assign(database.pool, { query, connect });
    }
  });
});
