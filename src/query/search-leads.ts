import type { ActivityFilter } from '#domain/filter.ts';
import { createParams } from './params.ts';
import { parseSearch } from './search-words.ts';
import type { Read } from './snapshot.ts';
import { compareLead, type TermLeads } from './where.ts';

/** A term that names more leads than this is looked up lead by lead no more: its activities are many. */
export const MOST_LEADS = 200;

/** Which leads each term of the search names by name, e-mail, phone or company; by the trigram index. */
export async function findTermLeads(read: Read, workspaceId: string, filter: ActivityFilter): Promise<TermLeads[]> {
  const terms = parseSearch(filter.search ?? '');
  if (terms.length === 0) return [];
  const params = createParams(workspaceId);
  const selects = terms.map(
    (term) => `ARRAY(SELECT s.id FROM leads s
      WHERE s.workspace_id = $1 AND ${compareLead(params, term, 's')} LIMIT ${MOST_LEADS + 1})`,
  );
  const [row] = await read<{ leads: string[][] }>({
    text: `SELECT json_build_array(${selects.join(', ')}) AS leads`,
    values: params.values,
  });
  return (row?.leads ?? []).map((leads) => (leads.length > MOST_LEADS ? 'many' : leads));
}
