import { spawnSync } from 'node:child_process';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { ROOT } from '#testing/app-process.ts';
import { logEvent, testApp, testDataDir } from '#testing/app-suite.ts';

/** Runs `npm run -s db:url` as an analyst would. */
function dbUrl(dataDir: string, args: readonly string[] = [], more: Readonly<Record<string, string>> = {}) {
  const { PATH, HOME, NODE_ENV } = process.env;
  const env = { PATH, HOME, NODE_ENV, DATA_DIR: dataDir, ...more };
  return spawnSync('npm', ['run', '-s', 'db:url', '--', ...args], { cwd: ROOT, encoding: 'utf8', env });
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url.trim() });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** Every way to change an activity: on the table, on its partition, through the view. */
async function changes(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query('SELECT tableoid::regclass::text AS name FROM activity LIMIT 1');
  const onTables = ['activity', String(rows[0]?.name)].flatMap((table) => [
    `UPDATE ${table} SET description = 'another'`,
    `DELETE FROM ${table}`,
    `TRUNCATE ${table} CASCADE`,
  ]);
  return [...onTables, "UPDATE lead_activity_log SET description = 'another'"];
}

const DESCRIPTIONS = 'SELECT description FROM activity';

describe('npm run -s db:url', { timeout: 120_000 }, () => {
  test("prints an address where the book can be read and not changed, the owner's only when asked", async () => {
    const dataDir = testDataDir();
    const app = testApp({ dataDir });
    const id = await logEvent(await app.url, 'seen in SQL');

    const { status, stdout, stderr } = dbUrl(dataDir);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^postgresql:\/\/historybook_analyst:\S+\n$/);
    expect(stderr).toBe('');
    await withClient(stdout, async (client) => {
      const { rows } = await client.query('SELECT * FROM lead_activity_log');
      expect(rows).toEqual([
        {
          id,
          event_type: 'MESSAGE_SENT',
          event_category: 'SMS',
          lead_id: null,
          lead_airtable_id: 'rec0process0test0',
          client_id: expect.any(String),
          description: 'seen in SQL',
          message_content: null,
          metadata: null,
          source: 'test:process',
          execution_id: null,
          created_by: null,
          timestamp: expect.any(Date),
          created_at: expect.any(Date),
        },
      ]);
      for (const table of ['leads', 'campaigns', 'enrollments', 'notes', 'custom_type', 'workspace', 'membership']) {
        await client.query(`SELECT * FROM ${table}`);
      }
      await client.query('SELECT id, name, email FROM account_user');
      for (const sql of await changes(client)) {
        await expect(client.query(sql), sql).rejects.toThrow(/read-only transaction|permission denied|cannot update/);
      }
      // Rights hold also when somebody takes the safety catch off.
      await client.query('SET default_transaction_read_only = off');
      const forbidden = [
        ...(await changes(client)),
        'INSERT INTO activity (id, workspace_id) VALUES (gen_random_uuid(), gen_random_uuid())',
        "UPDATE leads SET status = 'x'",
        'CREATE TABLE mine (id int)',
        "SELECT remove_demo_workspace(gen_random_uuid(), 'me')",
        ...['auth_account', 'auth_session', 'api_key', 'auth_verification', 'quarantine', 'account_user'].map(
          (table) => `SELECT * FROM ${table}`,
        ),
      ];
      for (const sql of forbidden)
        await expect(client.query(sql), sql).rejects.toThrow(/permission denied|cannot update/);
      expect((await client.query(DESCRIPTIONS)).rows).toEqual([{ description: 'seen in SQL' }]);
    });

    const owner = dbUrl(dataDir, ['--owner']);
    expect(owner.stdout).toMatch(/^postgresql:\/\/historybook:\S+\n$/);
    expect(owner.stderr).toContain("owner's address");
    await withClient(owner.stdout, async (client) => {
      for (const sql of await changes(client)) {
        await expect(client.query(sql), sql).rejects.toThrow(/append-only|cannot update/);
      }
      expect((await client.query(DESCRIPTIONS)).rows).toEqual([{ description: 'seen in SQL' }]);
    });
  });

  test('prints a DATABASE_URL as it was given, and says so', () => {
    const given = 'postgresql://somebody@db.example:5432/book';
    const { status, stdout, stderr } = dbUrl(testDataDir(), [], { DATABASE_URL: given });
    expect(status).toBe(0);
    expect(stdout).toBe(`${given}\n`);
    expect(stderr).toContain('as it was given');
  });

  test('says what to do when no database runs, and prints no address', () => {
    const { status, stdout, stderr } = dbUrl(testDataDir());
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('start the application first');
  });
});
