import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { safeParse } from './issues.ts';

function told(schema: z.ZodType, value: unknown): string | undefined {
  const result = safeParse(schema, value);
  return result.success ? undefined : result.issues[0]?.message;
}

describe('what is said of a wrong value', () => {
  it.each([
    ['a field left out', z.object({ a: z.string() }), {}, 'is required'],
    ['a choice left out', z.object({ a: z.enum(['x', 'y']) }), {}, 'is required'],
    ['a number for text', z.string(), 5, 'must be text, not the number 5'],
    ['null for text', z.string(), null, 'must be text, not null'],
    ['a list for an object', z.object({}), [], 'must be an object, not a list'],
    ['text for a record', z.record(z.string(), z.unknown()), 'x', 'must be an object, not text'],
    ['text for a number', z.number(), 'high', 'must be a number, not text'],
    ['no number', z.coerce.number(), 'abc', 'must be a number'],
    ['a fraction', z.int(), 1.5, 'must be a whole number'],
    ['text that is too long', z.string().max(3), 'abcd', 'must have at most 3 characters'],
    ['empty text', z.string().min(1), '', 'must not be empty'],
    ['text that is too short', z.string().min(8), 'abc', 'must have at least 8 characters'],
    ['too many entries', z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 entry'],
    ['a number that is too big', z.number().max(9), 10, 'must be at most 9'],
    ['a number that is not positive', z.number().positive(), 0, 'must be more than 0'],
    ['a word that is none of the choices', z.enum(['x', 'y', 'z']), 'w', 'must be x, y or z'],
    ['no UUID', z.uuid(), 'x', 'must be an id (a UUID)'],
    ['an unknown field', z.strictObject({}), { b: 1 }, 'must not have "b": there is no such field'],
    ['neither of two kinds', z.union([z.string(), z.number()]), true, 'must be text or a number'],
  ])('%s', (_, schema, value, message) => {
    expect(told(schema, value)).toBe(message);
  });

  it('leaves a schema the sentence of its own', () => {
    expect(told(z.string('must be the name of a type'), 5)).toBe('must be the name of a type');
  });
});
