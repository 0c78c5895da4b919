import { z } from 'zod';
import { refuseFailedExpression } from './expression.ts';
import { storableText } from './text.ts';

/** What people and services send to act on leads and campaigns, over any interface. */
const required = (max: number) => storableText(max).min(1, 'must not be empty');

export const idempotencyKey = required(255).superRefine(refuseFailedExpression).optional();
export const leadStatusInput = required(100);
export const noteBody = required(10_000);

export const campaignInput = z.object({
  name: required(200),
  /** The name other systems call it by. */
  key: required(100)
    .regex(/^[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u, 'must be one word of letters, digits, _ . and -')
    .optional(),
  steps: z.number().int().min(1).max(10_000).default(1),
});

export const campaignChange = z.object({
  name: required(200).optional(),
  steps: z.number().int().min(1).max(10_000).optional(),
  archived: z.boolean().optional(),
});
