/** What the checker found in the book, held against what clients were told. */
export interface CheckReport {
  /** Events that a client was told are taken. */
  readonly acknowledged: number;
  /** Receipts given for them, repeats included. */
  readonly receipts: number;
  /** Of the acknowledged events: how many are in the book. */
  readonly stored: number;
  /** Acknowledged, and not in the book. */
  readonly lost: number;
  /** Of these: how many are in quarantine. */
  readonly lostToQuarantine: number;
  /** In the book more than once. */
  readonly doubled: number;
  /** In the book with another content than was sent. */
  readonly wrongBody: number;
  /** In the book under an id that none of its receipts named. */
  readonly otherId: number;
  /** Receipts that named an id which leads to no activity of that event, beside one that named the right one. */
  readonly strayReceipts: number;
  /**
   * Receipts that named an alias of the id in the book: an event that was stored long before was sent again while
   * PostgreSQL was away, and nobody could be asked what its id was.
   */
  readonly aliased: number;
  /** In the book, and nobody was told. */
  readonly strangers: number;
  /** Stored events that a live subscriber was not shown. */
  readonly notShown: number;
  /** Shown to a live subscriber more than once. */
  readonly shownTwice: number;
  /** Shown to a live subscriber after a later one. */
  readonly inversions: number;
  /** How often a live subscriber was told that it cannot have everything. */
  readonly resyncs: number;
  /** How often live subscribers connected. */
  readonly connections: number;
  /** The first of what is wrong, by kind. */
  readonly examples: Readonly<Record<string, readonly string[]>>;
}

/** Of what there must be none. */
export const FAULTS = [
  'lost',
  'doubled',
  'wrongBody',
  'otherId',
  'strayReceipts',
  'strangers',
  'notShown',
  'shownTwice',
  'inversions',
  'resyncs',
] as const satisfies (keyof CheckReport)[];

/** What is wrong, in words with the first examples; empty when nothing is. */
export function complaintsOf(report: CheckReport): string[] {
  return FAULTS.filter((kind) => report[kind] > 0).map((kind) => {
    const examples = report.examples[kind] ?? [];
    return `${kind}: ${report[kind]}${examples.length > 0 ? ` (${examples.join(', ')})` : ''}`;
  });
}
