import { z } from 'zod';
import type { Issue } from '#domain/errors.ts';
import { refuseFailedExpression } from '#domain/expression.ts';
import { safeParse } from '#domain/issues.ts';
import { phoneKey } from '#domain/lead.ts';
import { leadStatus } from '#domain/lead-status.ts';
import { storableText } from '#domain/text.ts';

/** Empty text clears a field like null: that is how spreadsheets say "nothing". */
function clearable(schema: z.ZodType<string, string>) {
  return schema.transform((value) => (value === '' ? null : value)).nullish();
}

/** What a lead, a campaign or a person goes by: a failed expression of a workflow tool would tie strangers together. */
function key(max: number) {
  return storableText(max).superRefine(refuseFailedExpression);
}

const emailText = key(320).refine(
  (value) => value === '' || z.email().safeParse(value).success,
  'must be an e-mail address',
);
const phoneText = key(50).refine(
  (value) => value === '' || /^\d{5,20}$/.test(phoneKey(value)),
  'must be a phone number of 5 to 20 digits',
);

/**
 * One lead as a sync sends it. A key that is missing leaves the value as it is, null clears it; keys that are not listed
 * here are ignored and named in the answer.
 */
export const leadItem = z
  .object({
    airtableRecordId: clearable(key(255)),
    firstName: clearable(storableText(200)),
    lastName: clearable(storableText(200)),
    email: clearable(emailText),
    phone: clearable(phoneText),
    company: clearable(storableText(200)),
    title: clearable(storableText(200)),
    status: clearable(storableText(100).transform(leadStatus)),
    score: z.number().int().min(-1_000_000).max(1_000_000).nullish(),
    /** Key or name of a campaign; an unknown one is created. */
    campaign: clearable(key(200)),
    /** Steps of the campaign's sequence that the lead has reached. */
    campaignStep: z.number().int().min(0).max(10_000).nullish(),
    /** E-mail of a member of the workspace. */
    owner: clearable(key(320)),
  })
  .refine((item) => item.airtableRecordId || item.email || item.phone, {
    path: ['airtableRecordId'],
    message: 'airtableRecordId, email or phone is needed to know which lead this is',
  });
export type LeadItem = z.output<typeof leadItem>;

const KNOWN_KEYS: ReadonlySet<string> = new Set([...Object.keys(leadItem.shape), 'source', 'idempotencyKey']);

export type ParsedItem =
  | { readonly ok: true; readonly item: LeadItem; readonly ignored: readonly string[] }
  | { readonly ok: false; readonly issues: readonly Issue[]; readonly ignored: readonly string[] };

export function parseItem(value: unknown): ParsedItem {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const ignored = isObject ? Object.keys(value).filter((key) => !KNOWN_KEYS.has(key)) : [];
  const result = safeParse(leadItem, value);
  return result.success ? { ok: true, item: result.data, ignored } : { ok: false, issues: result.issues, ignored };
}
