import type pg from 'pg';
import { z } from 'zod';
import type { RejectedView } from '#domain/import-run.ts';
import { csvLine } from './read/csv.ts';

const row = z.object({
  record: z.number(),
  line: z.number(),
  event: z.string(),
  code: z.string(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })),
  raw: z.string(),
});

const PAGE = 1000;
const PAGE_SQL = `
  SELECT record, line, event, code, issues, raw FROM import_reject
   WHERE run_id = $1 AND (record, event) > ($2, $3) ORDER BY record, event LIMIT $4`;

/** The refused records of an import, in the order of the file, a page at a time. */
export async function* rejectedOf(pool: pg.Pool, runId: string): AsyncGenerator<RejectedView> {
  let after: readonly [number, string] = [-1, ''];
  for (;;) {
    const page = await readRejected(pool, runId, after, PAGE);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = [last.record, last.event];
  }
}

export async function readRejected(
  pool: pg.Pool,
  runId: string,
  [record, event]: readonly [number, string],
  limit: number,
): Promise<RejectedView[]> {
  const { rows } = await pool.query(PAGE_SQL, [runId, record, event, limit]);
  return rows.map((found) => row.parse(found));
}

const values = z.record(z.string(), z.unknown());
/** Beside the record's own columns; an import takes no notice of them. */
const OWN = ['_line', '_event', '_code', '_why'] as const;

/**
 * The refused records as a file to put right and import again by the same mapping: CSV for a CSV file, else NDJSON. Cells
 * are as they came, also those that a spreadsheet would take for formulas: it is the older system's own data.
 */
export async function* rejectFile(rejected: AsyncIterable<RejectedView>, format: string): AsyncGenerator<string> {
  if (format !== 'csv') {
    for await (const one of rejected) {
      const record = values.safeParse(parsed(one.raw)).data ?? { _raw: one.raw };
      yield `${JSON.stringify({ ...record, _line: one.line, _event: one.event, _code: one.code, _why: whyOf(one) })}\n`;
    }
    return;
  }
  let columns: string[] | undefined;
  for await (const one of rejected) {
    const record = values.safeParse(parsed(one.raw)).data;
    if (columns === undefined) {
      columns = record ? Object.keys(record) : [];
      yield `${csvLine([...columns, ...OWN])}\n`;
    }
    const cells = record ? columns.map((column) => String(record[column] ?? '')) : [one.raw];
    yield `${csvLine([...cells, String(one.line), one.event, one.code, whyOf(one)])}\n`;
  }
}

function whyOf({ issues }: RejectedView): string {
  return issues.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}
