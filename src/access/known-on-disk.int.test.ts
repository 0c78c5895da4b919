import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { UserPrincipal } from '#domain/principal.ts';
import { createPool } from '#platform/db/pool.ts';
import { createPrisma } from '#platform/db/prisma.ts';
import { createSignals } from '#platform/db/signal.ts';
import { silentLogger } from '#platform/log.ts';
import { addPerson, startTestAccess, TEST_INTERNAL_KEY, type TestAccess } from '#testing/access.ts';
import { createManualClock } from '#testing/clock.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { type Access, createAccess, createKnownOnDisk, KNOWN_FILE } from './index.ts';

const clock = createManualClock(new Date());
const dataDir = mkdtempSync(join(tmpdir(), 'historybook-known-'));
let database: TestDatabase;
let live: TestAccess;
let admin: UserPrincipal;

beforeAll(async () => {
  database = await createTestDatabase();
  live = await startTestAccess(database, { clock, dataDir });
  const { id: workspaceId } = await live.prisma.workspace.create({ data: { name: 'One', slug: 'one' } });
  const { userId, email } = await addPerson(live.prisma, workspaceId, 'ADMIN');
  const rights = { superAdmin: false, workspaceId, role: 'ADMIN' } as const;
  admin = { kind: 'user', userId, sessionId: 's', email, name: 'Admin', ...rights };
});
afterAll(async () => {
  await live.stop();
  await database.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

const kept = () => readFileSync(join(dataDir, KNOWN_FILE), 'utf8');
const withKey = (secret: string, more: Record<string, string> = {}) => new Headers({ 'x-api-key': secret, ...more });

/** Lets the chores run until the file says so. */
async function keptUntil(isRight: (text: string) => boolean): Promise<void> {
  await vi.waitUntil(async () => {
    await clock.advance(6_000);
    return isRight(kept());
  });
}

/** A process that has just been started on the same DATA_DIR, and has no database. */
function withoutDatabase(): Access {
  const connection = { url: 'postgresql://nobody@127.0.0.1:1/none', applicationName: 'test' };
  const pool = createPool(connection);
  return createAccess({
    pool,
    prisma: createPrisma(pool),
    clock,
    log: silentLogger,
    signals: createSignals({ connection, log: silentLogger }),
    onDisk: createKnownOnDisk(dataDir, silentLogger),
    config: { publicUrl: undefined, port: 3000, authSecret: 's'.repeat(40), internalApiKey: TEST_INTERNAL_KEY },
  });
}

test('a key works in a process that never reached the database: its hash and scopes are kept, its secret is not', async () => {
  const { secret, key } = await live.access.keys.create(admin, { name: 'n8n', scopes: ['activity:write'] });
  await keptUntil((text) => text.includes(key.id));
  expect(kept()).not.toContain(secret);
  expect(statSync(join(dataDir, KNOWN_FILE)).mode & 0o777).toBe(0o600);
  const access = withoutDatabase();
  expect(await access.authenticate(withKey(secret))).toEqual({
    kind: 'key',
    keyId: key.id,
    name: 'n8n',
    workspaceId: admin.workspaceId,
    scopes: ['activity:write'],
  });
  expect(await access.authenticate(withKey(`${secret}x`))).toBeNull();
});

test('the bootstrap key works in the workspaces that were known, and in no other', async () => {
  await keptUntil((text) => text.includes(admin.workspaceId));
  const access = withoutDatabase();
  const workspaceId = admin.workspaceId;
  expect(await access.authenticate(withKey(TEST_INTERNAL_KEY))).toMatchObject({ workspaceId });
  const named = withKey(TEST_INTERNAL_KEY, { 'x-workspace-id': workspaceId });
  expect(await access.authenticate(named)).toMatchObject({ workspaceId });
  const unknown = withKey(TEST_INTERNAL_KEY, { 'x-workspace-id': '01999999-0000-7000-8000-000000000000' });
  await expect(access.authenticate(unknown)).rejects.toThrow();
});

test('a key that was revoked, or has expired since, does not work', async () => {
  const revoked = await live.access.keys.create(admin, { name: 'revoked', scopes: ['activity:write'] });
  const expiresAt = new Date(clock.now().getTime() + 60_000);
  const expiring = await live.access.keys.create(admin, { name: 'short', scopes: ['activity:write'], expiresAt });
  await keptUntil((text) => text.includes(revoked.key.id) && text.includes(expiring.key.id));
  await live.access.keys.revoke(admin, revoked.key.id);
  await keptUntil((text) => !text.includes(revoked.key.id));
  const access = withoutDatabase();
  expect(await access.authenticate(withKey(revoked.secret))).toBeNull();
  await clock.advance(61_000);
  expect(await access.authenticate(withKey(expiring.secret))).toBeNull();
});
