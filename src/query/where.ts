import type { ActivityFilter } from '#domain/filter.ts';
import { leadIdOf } from '#domain/lead.ts';
import type { Params } from './params.ts';
import { parseSearch, type SearchTerm } from './search-words.ts';
import { englishQuery, leadPattern, lexemeQuery, quoteLexeme } from './term-query.ts';

/** A condition over the aliases of ACTIVITY_VIEW_JOINS: `a`, and `i` and `l` when it needs the lead. */
export interface Where {
  readonly sql: string;
  readonly needsLead: boolean;
}

/** The leads that a term of the search names: their ids when they are few, else 'many'. Found by search-leads.ts. */
export type TermLeads = readonly string[] | 'many';

/**
 * The one meaning of a filter: pages, counts and live streams all use this condition. $1 must be the workspace.
 *
 * `leads` tells, term by term, which leads the search names, where that was looked up before. The condition means the same
 * without it, but only with it can the indexes find the activities of those leads.
 */
export function activityWhere(params: Params, filter: ActivityFilter, leads: readonly TermLeads[] = []): Where {
  const conditions: Where[] = [plain('a.workspace_id = $1')];
  if (filter.from !== undefined) conditions.push(plain(`a.occurred_at >= ${params.add(filter.from)}::timestamptz`));
  if (filter.before !== undefined) conditions.push(plain(`a.occurred_at < ${params.add(filter.before)}::timestamptz`));
  conditions.push(...anyOf(params, 'a.type', filter.types));
  conditions.push(...anyOf(params, 'a.category', filter.categories));
  conditions.push(...anyOf(params, 'a.door', filter.doors));
  conditions.push(...anyOf(params, 'a.source', filter.sources), ...sourceIndex(params, filter.sources));
  if (filter.leadId !== undefined) conditions.push(aboutLeads(`ARRAY[${params.add(filter.leadId)}::uuid]`));
  const terms = parseSearch(filter.search ?? '');
  conditions.push(...terms.map((term, at) => matches(params, term, leads[at] ?? 'many')));
  return {
    sql: conditions.map(({ sql }) => sql).join('\n   AND '),
    needsLead: conditions.some(({ needsLead }) => needsLead),
  };
}

/** Whether nothing but a span of time is asked for: then one plan is best for all values. */
export function isPlain(filter: ActivityFilter): boolean {
  const { from, before, ...rest } = filter;
  return Object.values(rest).every((value) => value === undefined || value.length === 0);
}

/** A list that is empty does not narrow. */
function anyOf(params: Params, column: string, values: readonly string[] | undefined): Where[] {
  return values === undefined || values.length === 0 ? [] : [plain(`${column} = ANY(${params.add(values)}::text[])`)];
}

/** A source is a lexeme of its activities too: that is the index to find a rare one by. */
function sourceIndex(params: Params, sources: readonly string[] = []): Where[] {
  if (sources.length === 0 || sources.includes('')) return [];
  const anySource = sources.map((source) => quoteLexeme(source, true)).join(' | ');
  return [plain(`a.search @@ lower(${params.add(anySource)})::tsquery`)];
}

function plain(sql: string): Where {
  return { sql, needsLead: false };
}

/** The first condition is what the index can do; the second knows from when to when a key was whose. */
function aboutLeads(ids: string): Where {
  return { sql: `${filedUnder(ids)} AND i.lead_id = ANY(${ids})`, needsLead: true };
}

function filedUnder(ids: string): string {
  return `a.subject_key = ANY(ARRAY(SELECT k.subject_key FROM lead_identity k
     WHERE k.workspace_id = $1 AND k.lead_id = ANY(${ids})))`;
}

/** A term matches by the text of the activity or by its lead. */
function matches(params: Params, term: SearchTerm, leads: TermLeads): Where {
  const english = params.add(englishQuery(term));
  const lexemes = params.add(lexemeQuery(term));
  const inText = `a.search @@ (to_tsquery('english', ${english}) || ${lexemes}::tsquery)`;
  if (leads !== 'many' && leads.length === 0) return plain(term.excluded ? `NOT ${inText}` : inText);
  if (leads === 'many' || term.excluded) {
    const byLead = compareLead(params, term, 'l');
    return { sql: `${term.excluded ? 'NOT ' : ''}(${inText} OR ${byLead})`, needsLead: true };
  }
  const ids = `${params.add(leads)}::uuid[]`;
  return { sql: `(${inText} OR ${filedUnder(ids)}) AND (${inText} OR i.lead_id = ANY(${ids}))`, needsLead: true };
}

/** Whether the lead of that alias is one that the term names: by name, e-mail, phone or company, or by its id. */
export function compareLead(params: Params, term: SearchTerm, alias: 'l' | 's'): string {
  const { operator, pattern } = leadPattern(term);
  const columns = ['first_name', 'last_name', 'email', 'phone_key', 'company'].map((column) => `${alias}.${column}`);
  const byText = `lead_search_text(${columns.join(', ')}) ${operator} lower(${params.add(pattern)})`;
  const named = leadIdOf(term.text);
  if (named === undefined) return byText;
  const byId =
    'id' in named
      ? `${alias}.id = ${params.add(named.id)}::uuid`
      : `${alias}.airtable_record_id = ${params.add(named.airtableRecordId)}`;
  const either = `(${byText} OR ${byId})`;
  // An activity whose lead nobody knows has none to compare, which must not be taken for neither yes nor no.
  return alias === 'l' ? `coalesce(${either}, false)` : either;
}
