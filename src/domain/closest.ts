/**
 * The candidate that `word` was probably meant to be, or undefined. Case and separators do not count; of the letters up to
 * a third may be wrong (Levenshtein distance), so that a guess is seldom far off.
 */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = plain(word);
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = distanceOf(wanted, plain(candidate));
    if (distance <= Math.floor(candidate.length / 3) && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) {
      best = { candidate, distance };
    }
  }
  return best?.candidate;
}

/** Far above any name there is: the work grows with the square. */
const MAX_LENGTH = 100;

function plain(word: string): string {
  return word
    .slice(0, MAX_LENGTH)
    .toUpperCase()
    .replaceAll(/[\s._-]+/g, '');
}

function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
