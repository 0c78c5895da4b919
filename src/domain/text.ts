import { z } from 'zod';

/** PostgreSQL knows no year 0. */
const afterYearZero = z.refine<string>((text) => !text.startsWith('0000'), 'must be after the year 0');

/** An instant, ISO 8601, that PostgreSQL reads. */
export function storableInstant() {
  return z.iso.datetime({ offset: true }).check(afterYearZero);
}

/** A day, ISO 8601, that PostgreSQL reads. */
export function storableDay() {
  return z.iso.date().check(afterYearZero);
}

/** Text that PostgreSQL can keep: trimmed, at most `max` characters, without NUL. */
export function storableText(max: number) {
  return z
    .string()
    .trim()
    .max(max)
    .refine((value) => !value.includes('\0'), 'must not contain NUL characters');
}
