import type { Read } from './snapshot.ts';

const HINDERED = {
  scans: ['enable_seqscan', 'enable_indexscan', 'enable_indexonlyscan', 'enable_hashjoin', 'enable_mergejoin'],
  bitmaps: ['enable_seqscan', 'enable_bitmapscan'],
};
const ALL = [...new Set(Object.values(HINDERED).flat())];

/**
 * For the rest of the snapshot, plans avoid reading along tables and indexes, and joining with whole tables (`scans`), or
 * they avoid gathering by bitmap (`bitmaps`). The planner guesses how common a word is, and wrongly for words that are new, or common only in old
 * rows; the feed knows, because it counted.
 */
export async function hinder(read: Read, what: keyof typeof HINDERED): Promise<void> {
  await read({
    name: 'hinder',
    text: `SELECT set_config(name, CASE WHEN name = ANY($1) THEN 'off' ELSE 'on' END, true) FROM unnest($2::text[]) name`,
    values: [HINDERED[what], ALL],
  });
}
