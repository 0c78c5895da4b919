import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { IMPORTED_TAG } from '#domain/import-run.ts';
import { applyMigrations } from '#platform/db/migrate.ts';
import { MIGRATIONS_DIR } from '#platform/db/migration-files.ts';
import { createTestDatabase } from '#testing/database.ts';
import { countSources } from './count.ts';

const database = await createTestDatabase({ isEmpty: true });
const { pool, url } = database;
afterAll(() => database.drop());

const WORKSPACE = '11111111-1111-4111-8111-111111111111';
const MERGED = '20261121001000_source_span';

/** The migrations before that one. */
function migrationsBefore(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'historybook-migrations-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const isWanted = (entry: string) => entry < name || entry.endsWith('.toml');
  for (const entry of readdirSync(MIGRATIONS_DIR).filter(isWanted)) {
    cpSync(join(MIGRATIONS_DIR, entry), join(folder, entry), { recursive: true });
  }
  return folder;
}

test('what was learned and counted in two places goes on in one: nothing is counted twice, no span is missing', async () => {
  await applyMigrations({ url, migrationsDir: migrationsBefore(MERGED) });
  await pool.query("INSERT INTO workspace (id, name, slug) VALUES ($1, 'W', 'w')", [WORKSPACE]);
  await pool.query("SELECT ensure_activity_month(now() - interval '10 days'), ensure_activity_month(now())");
  /** One a day, so that each has a span of its own. */
  const add = (source: string, days: number, tags: readonly string[] | null = null) =>
    pool.query(
      `INSERT INTO activity (id, workspace_id, door, type, category, occurred_at, recorded_at, description, source, tags)
       SELECT gen_random_uuid(), $1, 'lead', 'MESSAGE_SENT', 'SMS', at, at, 'x', $2, $4
         FROM (SELECT date_trunc('hour', now()) - $3 * interval '1 day' AS at) t`,
      [WORKSPACE, source, days, tags],
    );
  const seq = async () => (await pool.query('SELECT max(seq) AS seq FROM activity')).rows[0].seq;
  await add('n8n:a', 9);
  const learned = await seq();
  await add('n8n:a', 8);
  await add('ui:people', 8);
  await add('n8n:b', 8, [IMPORTED_TAG]);
  const counted = await seq();
  await add('n8n:a', 7);
  // What had been learned and counted of it.
  await pool.query(
    `INSERT INTO alert_source_slot SELECT workspace_id, source, recorded_at FROM activity WHERE seq <= $1`,
    [learned],
  );
  await pool.query("UPDATE alert_progress SET learned_seq = $1, evaluated_at = '2026-01-01Z'", [learned]);
  await pool.query(
    `INSERT INTO source_state SELECT $1, 'n8n:a', min(recorded_at), max(recorded_at), max(recorded_at), count(*)
       FROM activity WHERE seq <= $2 AND source = 'n8n:a'`,
    [WORKSPACE, counted],
  );
  await pool.query('UPDATE source_progress SET seq = $1', [counted]);

  await applyMigrations({ url });
  const spans = async () =>
    (await pool.query('SELECT source, (now()::date - at::date) AS days FROM source_span ORDER BY at')).rows;
  expect(await spans()).toEqual([
    { source: 'n8n:a', days: 9 },
    { source: 'n8n:a', days: 8 },
  ]);
  expect((await pool.query('SELECT evaluated_at FROM alert_round')).rows).toEqual([
    { evaluated_at: new Date('2026-01-01T00:00:00Z') },
  ]);
  expect(await countSources(pool, new Date())).toBe(false);
  expect(await spans()).toHaveLength(3);
  const { rows } = await pool.query('SELECT source, events::int FROM source_state');
  expect(rows).toEqual([{ source: 'n8n:a', events: 3 }]);
});
