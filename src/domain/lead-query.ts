import { z } from 'zod';
import { ORDERS } from './filter.ts';
import { storableText } from './text.ts';

export const LEAD_SORTS = ['name', 'lastActivityAt', 'score', 'status', 'createdAt'] as const;
export type LeadSort = (typeof LEAD_SORTS)[number];

/**
 * Which leads to list. `search` takes words that must all occur in a lead's name, e-mail, phone number or company; a
 * phone number may be written in any way. Every other member narrows too; archived leads are listed only when asked for.
 */
export const leadQuery = z.object({
  search: storableText(200).optional(),
  status: storableText(100).optional(),
  /** Actively enrolled in this campaign. */
  campaignId: z.uuid().optional(),
  /** A person's id, or `none` for leads that nobody owns. */
  ownerId: z.union([z.uuid(), z.literal('none')]).optional(),
  archived: z.boolean().default(false),
  sort: z.enum(LEAD_SORTS).default('lastActivityAt'),
  order: z.enum(ORDERS).default('desc'),
  page: z.number().int().min(1).max(100_000).default(1),
  limit: z.number().int().min(1).max(200).default(50),
});
export type LeadQuery = z.infer<typeof leadQuery>;
