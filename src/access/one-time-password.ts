import { randomInt } from 'node:crypto';

/** Letters and digits that nobody mistakes for each other on paper or by telephone. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A password to hand over once: four groups of four, 79 random bits. */
export function createOneTimePassword(): string {
  const group = () => Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: 4 }, group).join('-');
}
