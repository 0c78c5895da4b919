import type pg from 'pg';
import { importMapping } from '#domain/import-mapping.ts';
import { settingsOf } from '#ops/import/index.ts';
import { PRESETS } from '#ops/import/presets/index.ts';
import { BEGINNING } from '#ops/import/read/source.ts';
import { insertRun } from '#ops/import/run-store.ts';
import { insertParity } from '#ops/parity/store.ts';
import { newId } from '#platform/ids.ts';

/** An import and a comparison of a workspace, which nobody works on. */
export async function addImports(pool: pg.Pool, workspaceId: string): Promise<{ importId: string; parityId: string }> {
  const now = new Date();
  const settings = settingsOf(importMapping.parse(PRESETS[0]));
  const file = { workspaceId, fileName: 'old.csv', bytes: 10, fingerprint: 'none', settings, by: 'test', now };
  const importId = newId(now.getTime());
  await insertRun(pool, { ...file, id: importId, origin: 'command', format: 'csv', start: BEGINNING });
  const parityId = newId(now.getTime());
  await insertParity(pool, { ...file, id: parityId, timeZone: 'UTC' });
  return { importId, parityId };
}
