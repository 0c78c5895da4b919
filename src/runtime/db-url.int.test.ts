import { spawnSync } from 'node:child_process';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { ROOT } from '#testing/app-process.ts';
import { logEvent, testApp, testDataDir } from '#testing/app-suite.ts';

/** Runs `npm run -s db:url` as an analyst would. */
function dbUrl(dataDir: string) {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir, NODE_ENV: process.env.NODE_ENV };
  return spawnSync('npm', ['run', '-s', 'db:url'], { cwd: ROOT, encoding: 'utf8', env });
}

describe('npm run -s db:url', { timeout: 120_000 }, () => {
  test('prints an address where the book can be read and not changed, by its owner either', async () => {
    const dataDir = testDataDir();
    const app = testApp({ dataDir });
    const id = await logEvent(await app.url, 'seen in SQL');

    const { status, stdout } = dbUrl(dataDir);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^postgresql:\/\/\S+\n$/);
    const client = new pg.Client({ connectionString: stdout.trim() });
    await client.connect();
    try {
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
      const partition = await client.query('SELECT tableoid::regclass::text AS name FROM activity');
      for (const table of ['activity', String(partition.rows[0]?.name)]) {
        for (const sql of [
          `UPDATE ${table} SET description = 'another'`,
          `DELETE FROM ${table}`,
          `TRUNCATE ${table} CASCADE`,
        ]) {
          await expect(client.query(sql), sql).rejects.toThrow(/append-only/);
        }
      }
      await expect(client.query("UPDATE lead_activity_log SET description = 'another'")).rejects.toThrow();
      expect((await client.query('SELECT description FROM activity')).rows).toEqual([{ description: 'seen in SQL' }]);
    } finally {
      await client.end();
    }
  });

  test('says what to do when no database runs, and prints no address', () => {
    const { status, stdout, stderr } = dbUrl(testDataDir());
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('start the application first');
  });
});
