import { z } from 'zod';

/** Text that PostgreSQL can keep: trimmed, at most `max` characters, without NUL. */
export function storableText(max: number) {
  return z
    .string()
    .trim()
    .max(max)
    .refine((value) => !value.includes('\0'), 'must not contain NUL characters');
}
