import type pg from 'pg';
import type { AlertFact, AlertSeverity, RuleView } from '#domain/alert.ts';

/** What a rule sees now, of one subject. */
export interface Finding {
  /** Names it for good: the same subject again is the same alert. */
  readonly subject: string;
  readonly severity: AlertSeverity;
  readonly title: string;
  /** What was seen, what was expected, and what to do. */
  readonly summary: string;
  readonly facts: readonly AlertFact[];
  /** The page to look at. */
  readonly path: string;
}

export interface WatchContext {
  readonly db: Pick<pg.Pool, 'query'>;
  readonly now: Date;
  readonly workspace: { readonly id: string; readonly name: string; readonly timeZone: string };
  readonly rule: RuleView;
  /** Subjects of this rule's open alerts. */
  readonly open: ReadonlySet<string>;
  /**
   * Whether all that has come is in the counts of sources: false while events wait in a spool, and when counting is far
   * behind the book. Rejects when the counting failed.
   */
  readonly isAllCounted: Promise<boolean>;
}

/** All that a rule finds; 'undecided' when it cannot be known at the moment: what stands stays. */
export type Outlook = readonly Finding[] | 'undecided';

export type Watch = (context: WatchContext) => Promise<Outlook>;

/** A threshold of a rule. @throws Error for one that its kind does not have */
export function threshold({ kind, params }: Pick<RuleView, 'kind' | 'params'>, name: string): number {
  const value = params[name];
  if (value === undefined) throw new Error(`rules of kind ${kind} have no ${name}`);
  return value;
}

export function minutesBefore(now: Date, minutes: number): Date {
  return new Date(now.getTime() - minutes * 60_000);
}

/** A fact for each value that is there. */
export function facts(...pairs: readonly (readonly [label: string, value: unknown])[]): AlertFact[] {
  return pairs.flatMap(([label, value]) => {
    const isShown = (typeof value === 'string' && value !== '') || typeof value === 'number';
    return isShown ? [{ label, value: String(value).slice(0, 500) }] : [];
  });
}
