/** Chance that is the same on every run: everything the demo makes up comes from one seed. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `from` to `to`, both included. */
  int(from: number, to: number): number;
  /** A number in [from, to). */
  between(from: number, to: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
  /** One of the pairs' values; a pair with twice the weight comes twice as often. */
  weighted<T>(pairs: readonly [readonly [weight: number, value: T], ...(readonly [weight: number, value: T])[]]): T;
  shuffled<T>(items: readonly T[]): T[];
  /** So many letters and digits. */
  word(length: number): string;
  /** A UUID of version 4. */
  uuid(): string;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The sfc32 generator (PractRand's small fast counter), seeded from a text by FNV-1a. */
export function createRandom(seed: string): Random {
  let hash = 0x811c9dc5;
  for (const letter of seed) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  let [a, b, c, count] = [hash, hash ^ 0x9e3779b9, hash ^ 0x85ebca6b, 1];
  const next = () => {
    const t = (a + b + count) | 0;
    count = (count + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    return (t >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 16; i += 1) next();

  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    int,
    between: (from, to) => from + next() * (to - from),
    chance: (probability) => next() < probability,
    pick: (items) => items[int(0, items.length - 1)] ?? items[0],
    weighted(pairs) {
      let rest = next() * pairs.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, value] of pairs) {
        rest -= weight;
        if (rest < 0) return value;
      }
      return pairs[0][1];
    },
    shuffled(items) {
      const keyed = items.map((item) => ({ item, key: next() }));
      return keyed.sort((x, y) => x.key - y.key).map(({ item }) => item);
    },
    word: (length) => Array.from({ length }, () => LETTERS[int(0, LETTERS.length - 1)]).join(''),
    uuid() {
      const hex = (length: number) => Array.from({ length }, () => int(0, 15).toString(16)).join('');
      return `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[int(0, 3)]}${hex(3)}-${hex(12)}`;
    },
  };
}
