import type { ParityKind } from '#domain/parity.ts';
import type { StoredItem } from './store.ts';

/** What became of an event, and where it is counted. */
export interface Compared {
  readonly kind: ParityKind | 'found';
  readonly day: string;
  readonly type: string;
  readonly source: string;
  readonly item: Omit<StoredItem, 'kind' | 'number'> | undefined;
}

/** Which part of the book the file speaks of: its types, from its first day to its last. */
export interface Scope {
  readonly types: Set<string>;
  from: Date | undefined;
  to: Date | undefined;
}
