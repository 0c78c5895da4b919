import { describe, expect, test } from 'vitest';
import { parseJson } from './json.ts';
import { applyMergePatch, mergePatch } from './merge-patch.ts';

describe('a merge patch', () => {
  /** Appendix A of RFC 7386, as far as the patch is an object. */
  test.each([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ])('%s with %s is %s, also when it is applied twice', (target, patch, result) => {
    const parsed = mergePatch.parse(parseJson(patch));
    const once = applyMergePatch(parseJson(target), parsed);
    expect(JSON.stringify(once)).toBe(result);
    expect(JSON.stringify(applyMergePatch(once, parsed))).toBe(result);
  });

  test('takes names of its own language as names', () => {
    const patch = mergePatch.parse(parseJson('{"__proto__":{"polluted":true},"constructor":1}'));
    const merged = applyMergePatch({ a: 1 }, patch);
    expect(JSON.stringify(merged)).toBe('{"a":1,"__proto__":{"polluted":true},"constructor":1}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test.each([
    ['[]', 'must be an object'],
    ['"text"', 'must be an object'],
    ['null', 'must be an object'],
    ['{}', 'must change at least one field'],
    ['{"metadata":{"n":123456789012345678901}}', 'holds the number 123456789012345678901'],
    [`{"a":${'{"a":'.repeat(30)}1${'}'.repeat(30)}}`, 'must not nest deeper than 20 levels'],
  ])('%s is refused: %s', (text, message) => {
    expect(mergePatch.safeParse(parseJson(text)).error?.issues[0]?.message).toContain(message);
  });
});
