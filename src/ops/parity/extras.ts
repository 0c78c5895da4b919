import type pg from 'pg';
import { z } from 'zod';
import type { Compared, Scope } from './compared.ts';

const row = z.object({
  id: z.string(),
  type: z.string(),
  occurred_at: z.date(),
  source: z.string(),
  subject_key: z.string().nullable(),
  description: z.string(),
});

const PAGE = 1000;
const PAGE_SQL = `
  SELECT a.id, a.type, a.occurred_at, a.source, a.subject_key, a.description
    FROM activity a
   WHERE a.workspace_id = $1 AND a.door = 'lead' AND a.type = ANY ($2) AND a.occurred_at BETWEEN $3 AND $4
     AND (a.occurred_at, a.id) > ($5, $6)
     AND NOT EXISTS (SELECT FROM parity_match m WHERE m.run_id = $7 AND m.activity_id = a.id)
   ORDER BY a.occurred_at, a.id LIMIT ${PAGE}`;

export interface ExtrasOptions {
  readonly workspaceId: string;
  readonly runId: string;
  readonly scope: Scope;
  readonly dayOf: (at: Date) => string;
}

/** Activities of the file's types, from its first event to its last, that no record of it stands for; page by page. */
export async function* extrasOf(
  pool: pg.Pool,
  { workspaceId, runId, scope, dayOf }: ExtrasOptions,
): AsyncGenerator<Compared[]> {
  const { types, from, to } = scope;
  if (!from || !to) return;
  let after: readonly [Date, string] = [from, '00000000-0000-0000-0000-000000000000'];
  for (;;) {
    const values = [workspaceId, [...types], from, to, ...after, runId];
    const page = (await pool.query(PAGE_SQL, values)).rows.map((found) => row.parse(found));
    const last = page.at(-1);
    if (!last) return;
    yield page.map(({ id, type, occurred_at: at, source, subject_key: subject, description }) => {
      const place = { day: dayOf(at), type, source };
      const item = { ...place, line: null, key: null, activityId: id, occurredAt: at.toISOString(), differences: [] };
      return { ...place, kind: 'extra', item: { ...item, subject: subject ?? '', description } };
    });
    if (page.length < PAGE) return;
    after = [last.occurred_at, last.id];
  }
}
