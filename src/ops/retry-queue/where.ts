import type { QuarantineFilter } from '#domain/quarantine.ts';
import type { Params } from '#query/params.ts';

/** What a search looks through, word for word as the index on it (migration retry_queue_search) has it. */
const HAYSTACK = `quarantine_search_text(
  id, code, message, type, source, idempotency_key, last_error, body, edited_body)`;

/** The conditions of a filter on `quarantine`, without its state when `anyState`. */
export function whereOf(
  params: Params,
  workspaceId: string,
  filter: QuarantineFilter,
  { anyState = false }: { readonly anyState?: boolean } = {},
): string {
  const { state, ids, codes, sources, types, search, from, before } = filter;
  const words = wordsOf(search ?? '');
  return [
    `workspace_id = ${params.add(workspaceId)}::uuid`,
    ...(anyState ? [] : [`state = ${params.add(state)}`]),
    ...(ids ? [`id = ANY (${params.add(ids)}::uuid[])`] : []),
    ...(codes?.length ? [`code = ANY (${params.add(codes)}::text[])`] : []),
    ...(sources?.length ? [`source = ANY (${params.add(sources)}::text[])`] : []),
    ...(types?.length ? [`type = ANY (${params.add(types)}::text[])`] : []),
    ...(from ? [`received_at >= ${params.add(from)}::timestamptz`] : []),
    ...(before ? [`received_at < ${params.add(before)}::timestamptz`] : []),
    ...words.map((word) => `${HAYSTACK} ILIKE ${params.add(`%${escaped(word)}%`)}`),
  ].join(' AND ');
}

/** Words, and phrases in quotes; a quote without its other one is a letter like others. */
function wordsOf(search: string): string[] {
  return [...search.matchAll(/"([^"]+)"|(\S+)/g)].map(([, phrase, word]) => phrase ?? word ?? '');
}

function escaped(word: string): string {
  return word.replace(/[\\%_]/g, '\\$&');
}
