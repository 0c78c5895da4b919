import { z } from 'zod';

/** An instant, ISO 8601, that PostgreSQL reads: it knows no year 0. */
export function storableInstant() {
  return z.iso.datetime({ offset: true }).refine((text) => !text.startsWith('0000'), 'must be after the year 0');
}

/** Text that PostgreSQL can keep: trimmed, at most `max` characters, without NUL. */
export function storableText(max: number) {
  return z
    .string()
    .trim()
    .max(max)
    .refine((value) => !value.includes('\0'), 'must not contain NUL characters');
}
