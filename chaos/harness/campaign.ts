import type { CheckReport } from '../checker/report.ts';
import type { Random } from './random.ts';

/** What a campaign is run with. */
export interface CampaignContext {
  /** Everything that is random in the plan of faults follows from it. */
  readonly random: Random;
  /** 1 for the whole campaign; the counts of a smaller one are this share of it. */
  readonly scale: number;
  /** Where everything of the run is kept: logs, acknowledgements, data. */
  readonly folder: string;
  /** A database to use instead of one of the campaign's own, for tests. */
  readonly databaseUrl?: string;
  say(line: string): void;
}

/** What came of it. */
export interface Outcome {
  /** Faults that really happened, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  /** What the checker found; several books are added up. Undefined where there is no book. */
  readonly check?: CheckReport;
  /** What was measured or counted besides. */
  readonly measures: Readonly<Record<string, number>>;
  /** What is not as promised; empty when all is. */
  readonly failures: readonly string[];
}

export interface Campaign {
  readonly name: string;
  /** For the report: what is done to what. */
  readonly title: string;
  run(context: CampaignContext): Promise<Outcome>;
}

/** `full` times the scale, and at least `least`. */
export function scaled({ scale }: Pick<CampaignContext, 'scale'>, full: number, least = 1): number {
  return Math.max(least, Math.round(full * scale));
}
