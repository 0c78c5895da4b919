import type { Read } from './snapshot.ts';

/**
 * What plans can be kept from, for the rest of a snapshot. The planner guesses how common a word is, or how long the
 * history of a lead, and wrongly for words that are new or common only in old rows, and for the lead that has a hundred
 * times what others have. Where the reader knows better, the wrong way is closed.
 *
 *   walking    reading along tables and indexes, and joining with whole tables: what is rare is gathered by bitmap
 *   gathering  reading all there is, to sort it: what is common is read along an index until the page is full
 */
const HINDERED = {
  walking: ['enable_seqscan', 'enable_indexscan', 'enable_indexonlyscan', 'enable_hashjoin', 'enable_mergejoin'],
  gathering: ['enable_seqscan', 'enable_bitmapscan', 'enable_sort'],
};
const ALL = [...new Set(Object.values(HINDERED).flat())];

export type Hindered = keyof typeof HINDERED;

export async function hinder(read: Read, what: Hindered): Promise<void> {
  await read({
    name: 'hinder',
    text: `SELECT set_config(name, CASE WHEN name = ANY($1) THEN 'off' ELSE 'on' END, true) FROM unnest($2::text[]) name`,
    values: [HINDERED[what], ALL],
  });
}
