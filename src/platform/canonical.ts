import { hash } from 'node:crypto';

/**
 * One text for one JSON value whatever the order of its members, so that bodies can be compared. Members are sorted by
 * their UTF-16 code units (those that look like array indexes come first, by number, as JavaScript has them).
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(ordered(value)) ?? 'null';
}

function ordered(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(ordered);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, ordered(member)]));
}

/** SHA-256 of the canonical text, hex. */
export function canonicalHash(value: unknown): string {
  return hash('sha256', canonicalJson(value), 'hex');
}
