import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFrame } from './frame.ts';
import { endPayload, scanSegment } from './scan-segment.ts';

const payloads = ['{"a":1}', '{"text":"Grüße, ✓ and 𝄞"}', '{}', `{"long":"${'x'.repeat(300)}"}`, '{"b":2}'];
const head = encodeFrame('head', '{"version":1}');
const frames = payloads.map((payload) => encodeFrame('record', payload));
const end = encodeFrame('end', endPayload(payloads.length));
const segment = Buffer.concat([head, ...frames, end]);
const ends = frames.map((_, index) => Buffer.concat([head, ...frames.slice(0, index + 1)]).length);

/** What is read, and what is named as not readable, covers the file. */
function read(bytes: Buffer) {
  const scan = scanSegment(bytes);
  return { ...scan, payloads: scan.records.map(({ from, to }) => bytes.subarray(from, to).toString()) };
}

describe('a segment', () => {
  test('that is whole is read whole', () => {
    expect(read(segment)).toMatchObject({ payloads, damaged: [], torn: undefined, closedWith: payloads.length });
    expect(read(Buffer.alloc(0))).toMatchObject({ payloads: [], damaged: [], torn: undefined, closedWith: undefined });
  });

  test('cut at any byte gives every record before the cut, and names what is left of the next as cut off', () => {
    for (let cut = 0; cut < segment.length; cut += 1) {
      const { payloads: found, damaged, torn } = read(segment.subarray(0, cut));
      expect(found).toEqual(payloads.slice(0, ends.filter((at) => at <= cut).length));
      expect(damaged).toEqual([]);
      const isBoundary = [0, head.length, ...ends].includes(cut);
      expect(torn).toEqual(isBoundary ? undefined : { from: expect.any(Number), to: cut });
    }
  });

  test('cut at any byte, with room behind the cut that was never filled, is cut off all the same', () => {
    for (let cut = 1; cut < segment.length - end.length; cut += 1) {
      const bytes = Buffer.concat([segment.subarray(0, cut), Buffer.alloc(64)]);
      const whole = ends.filter((at) => at <= cut).length;
      expect(read(bytes)).toMatchObject({ payloads: payloads.slice(0, whole), damaged: [], torn: { to: cut + 64 } });
    }
  });

  test('with any one bit flipped loses that record alone, and never in silence', () => {
    for (let bit = 0; bit < segment.length * 8; bit += 1) {
      const bytes = Buffer.from(segment);
      const at = bit >> 3;
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
      const { payloads: found, damaged, torn, closedWith } = read(bytes);
      const hit = at < head.length ? undefined : ends.findIndex((end) => at < end);
      expect(found).toEqual(payloads.filter((_, index) => index !== hit));
      expect(damaged.length + (torn ? 1 : 0)).toBe(1);
      if (hit !== -1) expect(closedWith).toBe(payloads.length);
    }
  });

  test('whatever is done to its bytes, sound records around the damage are found and nothing is made up', () => {
    const damage = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('overwrite' as const), at: fc.nat(), bytes: fc.uint8Array({ maxLength: 40 }) }),
        fc.record({ kind: fc.constant('remove' as const), at: fc.nat(), bytes: fc.uint8Array({ maxLength: 40 }) }),
        fc.record({ kind: fc.constant('insert' as const), at: fc.nat(), bytes: fc.uint8Array({ maxLength: 40 }) }),
      ),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(fc.array(fc.json(), { maxLength: 20 }), damage, (texts, changes) => {
        let bytes = Buffer.concat(texts.map((text) => encodeFrame('record', text)));
        for (const { kind, at, bytes: change } of changes) {
          const from = at % (bytes.length + 1);
          const to = kind === 'insert' ? from : Math.min(from + change.length, bytes.length);
          bytes = Buffer.concat([
            bytes.subarray(0, from),
            kind === 'remove' ? Buffer.alloc(0) : change,
            bytes.subarray(to),
          ]);
        }
        const { payloads: found, records, damaged, torn } = read(bytes);
        for (const payload of found) expect(texts).toContain(payload);
        expect(found.length).toBeGreaterThanOrEqual(texts.length - damageReach(texts, changes));
        const covered = [...records.map(({ from, to }) => to - from + 12), ...damaged.map(({ from, to }) => to - from)];
        const length = covered.reduce((sum, part) => sum + part, 0) + (torn ? torn.to - torn.from : 0);
        expect(length).toBe(bytes.length);
      }),
    );
  });
});

/** At most how many records so many bytes of damage can touch: each change reaches 40 bytes, a record has 13 at least. */
function damageReach(texts: readonly string[], changes: readonly { bytes: Uint8Array }[]): number {
  return Math.min(
    texts.length,
    changes.reduce((sum, { bytes }) => sum + Math.ceil(bytes.length / 13) + 1, 0),
  );
}
