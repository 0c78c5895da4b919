import type pg from 'pg';
import { z } from 'zod';
import { storableJson } from '#platform/db/array-literal.ts';
import type { Candidate } from './candidate.ts';

/** An activity that may be a record of the file. */
export interface Found {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly source: string;
  readonly description: string;
  readonly message: string | null;
  /** An import brought it: it is known by its key. */
  readonly isImported: boolean;
  /** Of this very content, to the letter. */
  readonly isSame: boolean;
}

const text = z.string();
const foundRow = z.object({
  id: text,
  type: text.nullable(),
  occurred_at: z.date(),
  source: text.nullable(),
  description: text.nullable(),
  message: text.nullable(),
});
const keyRow = foundRow.extend({ key: text, body_hash: text });
const nearRow = foundRow.extend({ ord: z.number() });

/** Those that an import brought, by their key. Of an activity that was erased since, the key alone is left. */
const BY_KEY_SQL = `
  SELECT k.key, k.body_hash, k.activity_id AS id, k.occurred_at, a.type, a.source, a.description, a.message
    FROM activity_key k
    LEFT JOIN activity a ON a.id = k.activity_id AND a.occurred_at = k.occurred_at
   WHERE k.workspace_id = $1 AND k.key = ANY ($2)`;

/** Every name of the leads that the subjects name, so that a record and its activity may name one lead differently. */
const SUBJECTS_SQL = `
  SELECT DISTINCT given.subject_key AS given, other.subject_key AS other, 'lead:' || given.lead_id AS lead
    FROM lead_identity given
    JOIN lead_identity other ON other.lead_id = given.lead_id AND other.workspace_id = given.workspace_id
   WHERE given.workspace_id = $1 AND given.subject_key = ANY ($2)`;

/**
 * Those that were logged some other way: of the same type, about the same time, and with the same id in their metadata or,
 * where one of the two has no such id, of the same lead. Nearest first. Not those found before, nor those that an import by
 * this mapping brought: they are known by their key.
 */
const NEAR_SQL = `
  SELECT r.ord, a.id, a.type, a.occurred_at, a.source, a.description, a.message
    FROM jsonb_to_recordset($2::jsonb) AS r (ord integer, type text, at timestamptz, subjects text[], ids jsonb)
   CROSS JOIN LATERAL (
     SELECT a.* FROM activity a
      WHERE a.workspace_id = $1 AND a.door = 'lead' AND a.type = r.type
        AND a.occurred_at BETWEEN r.at - make_interval(secs => $3) AND r.at + make_interval(secs => $3)
        AND coalesce(
              (SELECT bool_or(a.metadata ->> i.key = i.value) FROM jsonb_each_text(r.ids) i WHERE a.metadata ? i.key),
              a.subject_key = ANY (r.subjects) OR a.subject_ref = ANY (r.subjects))
        AND NOT coalesce(a.tags @> ARRAY[$4], false)
        AND NOT EXISTS (SELECT FROM parity_match m WHERE m.run_id = $5 AND m.activity_id = a.id)
      ORDER BY abs(extract(epoch FROM a.occurred_at - r.at)), a.id LIMIT 20) a
   ORDER BY r.ord, abs(extract(epoch FROM a.occurred_at - r.at)), a.id`;

export interface FindOptions {
  readonly workspaceId: string;
  readonly runId: string;
  readonly mapping: string;
  readonly metadata: readonly string[];
  readonly withinSeconds: number;
}

/** What the book has of each candidate, in their order; no activity stands for two of them. */
export async function findInBook(
  pool: pg.Pool,
  candidates: readonly Candidate[],
  options: FindOptions,
): Promise<(Found | undefined)[]> {
  const { workspaceId } = options;
  const { rows } = await pool.query(BY_KEY_SQL, [workspaceId, candidates.map(({ importKey }) => importKey)]);
  const byKey = new Map(rows.map((row) => keyRow.parse(row)).map((row) => [row.key, row]));
  const found: (Found | undefined)[] = candidates.map(({ importKey, submission }) => {
    const row = byKey.get(importKey);
    if (!row) return undefined;
    const isSame = row.body_hash === submission.bodyHash || row.type === null;
    return { ...toFound(row, submission.type), isImported: true, isSame };
  });
  const open = candidates.flatMap((candidate, i) => (byKey.has(candidate.importKey) ? [] : [[i, candidate] as const]));
  if (open.length === 0) return found;
  const claimed = new Set(found.flatMap((activity) => activity?.id ?? []));
  for (const row of await near(pool, open, options)) {
    if (found[row.ord] !== undefined || claimed.has(row.id)) continue;
    claimed.add(row.id);
    found[row.ord] = { ...toFound(row, ''), isImported: false, isSame: false };
  }
  return found;
}

async function near(pool: pg.Pool, open: readonly (readonly [number, Candidate])[], options: FindOptions) {
  const { workspaceId, runId, mapping, metadata, withinSeconds } = options;
  const names = await namesOf(pool, workspaceId, [...new Set(open.flatMap(([, { subjects }]) => subjects))]);
  const wanted = open.map(([ord, { submission, at, subjects }]) => ({
    ord,
    type: submission.type,
    at: at.toISOString(),
    subjects: [...new Set([...subjects, ...subjects.flatMap((subject) => names.get(subject) ?? [])])],
    ids: Object.fromEntries(metadata.flatMap((name) => idOf(submission.metadata?.[name], name))),
  }));
  const values = [workspaceId, storableJson(wanted), withinSeconds, `mapping:${mapping}`, runId];
  const { rows } = await pool.query({ name: 'parity-near', text: NEAR_SQL, values });
  return rows.map((row) => nearRow.parse(row));
}

function idOf(value: unknown, name: string): [string, string][] {
  return typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [];
}

async function namesOf(
  pool: pg.Pool,
  workspaceId: string,
  subjects: readonly string[],
): Promise<Map<string, string[]>> {
  const { rows } = await pool.query<{ given: string; other: string; lead: string }>(SUBJECTS_SQL, [
    workspaceId,
    subjects,
  ]);
  const names = new Map<string, string[]>();
  for (const { given, other, lead } of rows) names.set(given, [...(names.get(given) ?? [lead]), other]);
  return names;
}

function toFound(row: z.output<typeof foundRow>, type: string): Omit<Found, 'isImported' | 'isSame'> {
  return {
    id: row.id,
    type: row.type ?? type,
    occurredAt: row.occurred_at,
    source: row.source ?? '',
    description: row.description ?? '',
    message: row.message,
  };
}
