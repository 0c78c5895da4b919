import { z } from '@hono/zod-openapi';
import { CATEGORIES } from '#domain/catalogue/type.ts';
import { spanOfDate } from '#domain/day.ts';
import { AppError } from '#domain/errors.ts';
import { type ActivityFilter, ORDERS, type PageRequest, SORTS } from '#domain/filter.ts';
import { parseInput } from '#domain/issues.ts';

/**
 * The query strings that filter activities (pages, streams, exports) and page through them. A parameter left blank is
 * a parameter left out; lists are repeated parameters or comma-separated values; other parameters are ignored.
 */
const date = z
  .string()
  .refine((text) => spanOfDate(text, 'UTC') !== undefined, 'must be a date such as 2025-11-07, or a date and time')
  .optional();

export const activityQuery = z.object({
  search: z
    .string()
    .max(500, 'must have at most 500 characters')
    .optional()
    .openapi({
      description:
        'Words (all must match), "phrases" and -exclusions over description, message, metadata, and the name, e-mail, ' +
        'phone and company of the lead.',
      example: 'booked',
    }),
  eventType: z
    .array(z.string().regex(/^[\w.]{1,100}$/, 'must be the name of an event type, such as MESSAGE_SENT'))
    .max(100)
    .optional()
    .openapi({
      description: 'One or more, repeated or separated by commas.',
      example: ['MESSAGE_SENT', 'INBOUND_REPLY'],
    }),
  eventCategory: z
    .array(oneOf(CATEGORIES))
    .max(20)
    .optional()
    .openapi({ example: ['SMS'] }),
  leadId: z.uuid('must be the id of a lead (a UUID)').optional(),
  source: z
    .array(z.string().max(100))
    .max(100)
    .optional()
    .openapi({ example: ['n8n:kJMMZ10anu4NqYUL'] }),
  dateFrom: date.openapi({
    description: "Happened at or after. A date without a time is that whole day in the workspace's time zone.",
    example: '2025-11-07',
  }),
  dateTo: date.openapi({
    description: 'Happened at or before; as dateFrom, that day included.',
    example: '2025-11-08',
  }),
});

/** A whole number in a query string. */
export function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number(error).pipe(z.int(error).min(min, error).max(max, error));
}

/** One of a few words in a query string. */
export function oneOf<const T extends readonly [string, ...string[]]>(words: T) {
  return z.enum(words, `must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);
}

export const pageQuery = z.object({
  page: wholeNumber(1, 1_000_000).default(1),
  limit: wholeNumber(1, 200).default(50),
  cursor: z.string().max(2000).optional().openapi({ description: 'nextCursor of the page before; wins over page.' }),
  sort: oneOf(SORTS).default('time'),
  order: oneOf(ORDERS).default('desc'),
});

const LISTS: ReadonlySet<string> = new Set(['eventType', 'eventCategory', 'source', 'code']);

/**
 * The filter that a query string asks for, dates as `timeZone` has them.
 * @throws AppError INVALID_INPUT naming each parameter that is wrong
 */
export function toActivityFilter(params: URLSearchParams, timeZone: string): ActivityFilter {
  const query = parseInput(activityQuery, readParams(params));
  const from = spanOfDate(query.dateFrom ?? '', timeZone)?.from;
  const before = spanOfDate(query.dateTo ?? '', timeZone)?.before;
  if (from && before && from >= before) {
    throw new AppError('INVALID_INPUT', { issues: [{ path: 'dateTo', message: 'must not be before dateFrom' }] });
  }
  return {
    search: query.search,
    types: query.eventType,
    categories: query.eventCategory,
    leadId: query.leadId,
    sources: query.source,
    from: from?.toISOString(),
    before: before?.toISOString(),
  };
}

/** The page that a query string asks for. @throws AppError INVALID_INPUT naming each parameter that is wrong */
export function toPageRequest(params: URLSearchParams): PageRequest {
  return parseInput(pageQuery, readParams(params));
}

/** Parameters by name, without the blank ones; those of LISTS as lists. */
export function readParams(params: URLSearchParams): Record<string, string | string[]> {
  const read: Record<string, string | string[]> = {};
  for (const name of new Set(params.keys())) {
    const values = params.getAll(name).map((value) => value.trim());
    const list = values
      .flatMap((value) => value.split(','))
      .map((value) => value.trim())
      .filter(Boolean);
    if (!LISTS.has(name)) read[name] = values[0] ?? '';
    else if (list.length > 0) read[name] = list;
    if (read[name] === '') delete read[name];
  }
  return read;
}
