import { z } from 'zod';
import { formatPageCursor, parsePageCursor } from '#domain/cursor.ts';
import { AppError } from '#domain/errors.ts';
import type { Order, PageRequest, Sort } from '#domain/filter.ts';

/**
 * Where a page ends and the next begins: the last row's time and id and, for pages sorted by type or lead, its type or
 * the id of its lead ('' for none).
 */
export interface Position {
  readonly group: string;
  readonly occurredAt: string;
  readonly id: string;
}

const time = z.iso.datetime();
const CURSORS = {
  time: z.tuple([z.literal(''), time, z.uuid()]),
  type: z.tuple([z.string().max(100), time, z.uuid()]),
  lead: z.tuple([z.union([z.literal(''), z.uuid()]), time, z.uuid()]),
};

/**
 * The position that the request's cursor names, or undefined when it has none.
 * @throws AppError INVALID_INPUT for a cursor that is none, or that belongs to another sort or order
 */
export function readPosition({
  cursor,
  sort,
  order,
}: Pick<PageRequest, 'cursor' | 'sort' | 'order'>): Position | undefined {
  if (cursor === undefined) return undefined;
  const [itsSort, itsOrder, ...rest] = parsePageCursor(cursor) ?? [];
  const parsed = CURSORS[sort].safeParse(rest);
  if (itsSort !== sort || itsOrder !== order || !parsed.success) {
    const message = 'must be the nextCursor of a page with the same sort and order';
    throw new AppError('INVALID_INPUT', { issues: [{ path: 'cursor', message }] });
  }
  const [group, occurredAt, id] = parsed.data;
  return { group, occurredAt, id };
}

export function formatPosition(sort: Sort, order: Order, { group, occurredAt, id }: Position): string {
  return formatPageCursor([sort, order, group, occurredAt, id]);
}
