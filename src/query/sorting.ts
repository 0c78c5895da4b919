import type { Order, Sort } from '#domain/filter.ts';
import type { Params } from './params.ts';
import type { Position } from './position.ts';

/** What a feed is sorted by. Within a type or a lead the newest come first; what belongs to no lead comes last. */
export interface Sorting {
  readonly sort: Sort;
  readonly order: Order;
}

/** By what leads are sorted: the name that is shown, without regard to case. `l` is the lead. */
export const LEAD_NAME = `lower(coalesce(nullif(trim(concat_ws(' ', l.first_name, l.last_name)), ''), l.email, ''))`;

/** What every sort ends with, for rows of this alias. */
export function newestFirst(row: string): string {
  return `${row}.occurred_at DESC, ${row}.id DESC`;
}

/** The order of rows of this alias, which have id, occurred_at and, where it matters, type, lead_id and lead_name. */
export function orderBy(row: string, { sort, order }: Sorting): string {
  if (sort === 'type') return `${row}.type ${order}, ${newestFirst(row)}`;
  if (sort === 'lead') {
    return `${row}.lead_id IS NULL, ${row}.lead_name ${order}, ${row}.lead_id, ${newestFirst(row)}`;
  }
  return order === 'desc' ? newestFirst(row) : `${row}.occurred_at, ${row}.id`;
}

/** Which of those rows come after `position` in that order. $1 is the workspace. */
export function afterPosition(params: Params, row: string, { sort, order }: Sorting, position: Position): string {
  const beyond = order === 'desc' ? '<' : '>';
  const [at, id] = [`${params.add(position.occurredAt)}::timestamptz`, `${params.add(position.id)}::uuid`];
  // The second condition says nothing new, but partitions are left out by it.
  if (sort === 'time') {
    return `(${row}.occurred_at, ${row}.id) ${beyond} (${at}, ${id}) AND ${row}.occurred_at ${beyond}= ${at}`;
  }
  const older = `(${row}.occurred_at, ${row}.id) < (${at}, ${id})`;
  if (sort === 'lead' && position.group === '') return `${row}.lead_id IS NULL AND ${older}`;
  const group = params.add(position.group);
  if (sort === 'type') return `(${row}.type ${beyond} ${group} OR (${row}.type = ${group} AND ${older}))`;
  const name = nameOfLead(`${group}::uuid`);
  return `(${row}.lead_id IS NULL OR ${row}.lead_name ${beyond} ${name} OR (${row}.lead_name = ${name}
    AND (${row}.lead_id > ${group}::uuid OR (${row}.lead_id = ${group}::uuid AND ${older}))))`;
}

/** LEAD_NAME of the lead with this id. */
export function nameOfLead(id: string): string {
  return `(SELECT ${LEAD_NAME} FROM leads l WHERE l.workspace_id = $1 AND l.id = ${id})`;
}
