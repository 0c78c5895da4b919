import { describe, expect, it } from 'vitest';
import { createIdSource, UUID_PATTERN, uuidv7 } from './ids.ts';

describe('ids', () => {
  it('carry the millisecond and the version', () => {
    const id = uuidv7(Date.UTC(2026, 0, 1));
    expect(id).toMatch(UUID_PATTERN);
    expect(id.charAt(14)).toBe('7');
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.UTC(2026, 0, 1));
  });

  it('sort in the order in which they were made, also within a millisecond and past 4,096 of them', () => {
    const next = createIdSource();
    const ids = Array.from({ length: 10_000 }, () => next(1_700_000_000_000));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(ids);
    expect(ids.every((id) => UUID_PATTERN.test(id))).toBe(true);
  });

  it('do not go backwards when the clock does', () => {
    const next = createIdSource();
    const later = next(2_000);
    expect(next(1_000) > later).toBe(true);
  });
});
