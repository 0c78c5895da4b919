import type pg from 'pg';
import { AppError } from '#domain/errors.ts';
import { type ImportMapping, importMapping } from '#domain/import-mapping.ts';
import { parseInput } from '#domain/issues.ts';
import type { Clock } from '#platform/clock.ts';
import { storableJson } from '#platform/db/array-literal.ts';
import { PRESETS } from './presets/index.ts';

/** The mappings that a workspace knows: those that come with the program, and its own. */
export interface Mappings {
  list(workspaceId: string): Promise<readonly KnownMapping[]>;
  /** @throws AppError NOT_FOUND naming those there are */
  get(workspaceId: string, name: string): Promise<ImportMapping>;
  /** @throws AppError INVALID_INPUT, CONFLICT for the name of a preset */
  save(workspaceId: string, mapping: unknown, by: string): Promise<ImportMapping>;
  /** @throws AppError NOT_FOUND */
  remove(workspaceId: string, name: string): Promise<void>;
}

export interface KnownMapping {
  readonly mapping: ImportMapping;
  readonly isPreset: boolean;
}

const LIST_SQL = 'SELECT mapping FROM import_mapping WHERE workspace_id = $1 ORDER BY name';
const SAVE_SQL = `
  INSERT INTO import_mapping (workspace_id, name, mapping, saved_by, saved_at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (workspace_id, name) DO UPDATE SET mapping = excluded.mapping, saved_by = excluded.saved_by,
    saved_at = excluded.saved_at`;
const REMOVE_SQL = 'DELETE FROM import_mapping WHERE workspace_id = $1 AND name = $2';

/** @throws AppError INVALID_INPUT naming every rule that is wrong */
export function parseMapping(value: unknown): ImportMapping {
  return parseInput(importMapping, value, { message: 'The mapping is not as it should be.' });
}

export function createMappings(pool: pg.Pool, clock: Clock): Mappings {
  const list = async (workspaceId: string): Promise<KnownMapping[]> => {
    const { rows } = await pool.query<{ mapping: unknown }>(LIST_SQL, [workspaceId]);
    const own = rows.flatMap(({ mapping }) => importMapping.safeParse(mapping).data ?? []);
    return [
      ...PRESETS.map((mapping) => ({ mapping, isPreset: true })),
      ...own.map((mapping) => ({ mapping, isPreset: false })),
    ];
  };
  return {
    list,
    async get(workspaceId, name) {
      const known = await list(workspaceId);
      const found = known.find(({ mapping }) => mapping.name === name);
      if (found) return found.mapping;
      const names = known.map(({ mapping }) => mapping.name).join(', ');
      throw new AppError('NOT_FOUND', { message: `There is no mapping ${JSON.stringify(name)}; there are: ${names}.` });
    },
    async save(workspaceId, value, by) {
      const mapping = parseMapping(value);
      if (PRESETS.some(({ name }) => name === mapping.name)) {
        throw new AppError('CONFLICT', { message: `${mapping.name} comes with the program: give yours another name.` });
      }
      await pool.query(SAVE_SQL, [workspaceId, mapping.name, storableJson(mapping), by, clock.now()]);
      return mapping;
    },
    async remove(workspaceId, name) {
      const { rowCount } = await pool.query(REMOVE_SQL, [workspaceId, name]);
      if (rowCount === 0) throw new AppError('NOT_FOUND', { message: `There is no mapping ${JSON.stringify(name)}.` });
    },
  };
}
