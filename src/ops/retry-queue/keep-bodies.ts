import { leadKeys } from '#domain/lead.ts';
import { storableText } from '#platform/db/array-literal.ts';
import { jsonText } from '#platform/json-text.ts';
import { DETAIL_COLUMNS, type WaitingEntry } from './entry-row.ts';
import { type ReplayDeps, refuseInTheBook } from './replay.ts';

export interface KeptBody {
  readonly entry: WaitingEntry;
  /** What a person made of it: parsed JSON. */
  readonly body: unknown;
}

/** Locked in the order of their ids, as wake_quarantine() does. */
const KEEP_SQL = `
  UPDATE quarantine SET edited_body = kept.json::json, edited_by = $4, edited_at = $5,
    lead_keys = ARRAY(SELECT jsonb_array_elements_text(kept.leads::jsonb))
  FROM (
    SELECT k.* FROM unnest($1::uuid[], $2::text[], $3::text[], $6::timestamptz[]) AS k (entry_id, json, leads, read_at)
    JOIN quarantine locked ON locked.id = k.entry_id
    ORDER BY locked.id FOR UPDATE OF locked
  ) AS kept
  WHERE id = kept.entry_id AND state = 'waiting' AND (NOT $7 OR edited_at IS NOT DISTINCT FROM kept.read_at)
  RETURNING ${DETAIL_COLUMNS}`;

/**
 * Keeps other bodies beside the original ones, with the leads that they name. Gives the rows of those that still wait, in
 * any order; with `unlessEdited` of those that nobody has edited since they were read.
 * @throws AppError CONFLICT for an entry that hands in nothing
 */
export async function keepBodies(
  deps: ReplayDeps,
  kept: readonly KeptBody[],
  by: string,
  { unlessEdited = false }: { readonly unlessEdited?: boolean } = {},
): Promise<unknown[]> {
  for (const { entry } of kept) refuseInTheBook(entry);
  const { rows } = await deps.pool.query(KEEP_SQL, [
    kept.map(({ entry }) => entry.id),
    kept.map(({ body }) => jsonText(body)),
    kept.map(({ entry, body }) => JSON.stringify(leadKeysIn(deps, entry, body))),
    by,
    deps.clock.now(),
    kept.map(({ entry }) => entry.editedAt),
    unlessEdited,
  ]);
  return rows;
}

/** The lead that a body names; nothing where it cannot be read. */
function leadKeysIn({ doors }: Pick<ReplayDeps, 'doors'>, entry: WaitingEntry, body: unknown): string[] {
  try {
    const { workspaceId } = entry;
    const submission = doors[entry.door]?.(body, { workspaceId, userId: undefined });
    return submission ? leadKeys(submission).map(storableText) : [];
  } catch {
    return [];
  }
}
