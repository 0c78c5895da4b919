import { z } from 'zod';

/**
 * Schemas of metadata. All keys may be missing or null, for sources know more or less; when present they must be of
 * the right type. Unknown keys pass untouched.
 */
const id = z.union([z.string().max(255), z.number()]).nullish();
const text = z.string().max(10_000).nullish();
const whole = z.number().int().nullish();
const instant = z
  .string()
  .max(64)
  .refine((value) => !Number.isNaN(Date.parse(value)), 'must be a date and time, such as 2025-11-10T14:00:00Z')
  .nullish();
const scalar = z.union([z.string().max(10_000), z.number(), z.boolean()]).nullish();

const campaign = { campaign_id: id, campaign_name: text, step: whole };

export const smsMetadata = z.looseObject({
  ...campaign,
  template_id: id,
  simpletexting_id: id,
  phone: text,
  error_code: id,
  error_message: text,
  url: text,
});

export const campaignMetadata = z.looseObject({
  ...campaign,
  enrolled_by_user_id: id,
  enrolled_by_email: text,
  reason: text,
});

export const bookingMetadata = z.looseObject({
  calendly_event_uri: text,
  scheduled_at: instant,
  previous_scheduled_at: instant,
  invitee_name: text,
  event_type: text,
  reason: text,
});

export const conversationMetadata = z.looseObject({
  ...campaign,
  conversation_id: id,
  phone: text,
  question: text,
  answer: scalar,
  reason: text,
  scheduled_at: instant,
});

/** A change of something: what it was, what it became. */
export const changeMetadata = z.looseObject({ from: scalar, to: scalar, reason: text });

export const noteMetadata = z.looseObject({ note_id: id });

export const claimMetadata = z.looseObject({ from: scalar, to: scalar, claimed_by_email: text });

export const enrichmentMetadata = z.looseObject({
  fields: z.array(z.string().max(255)).max(200).nullish(),
  provider: text,
});

export const anyMetadata = z.looseObject({});
