import type pg from 'pg';
import type { Clock } from '#platform/clock.ts';

export interface Readiness {
  readonly ready: boolean;
  /** What keeps it from being ready, by name. */
  readonly problems: readonly string[];
}

export interface Health {
  /** Whether this process can serve: the database answers. Answers within a second. */
  readiness(): Promise<Readiness>;
  readonly startedAt: Date;
}

export interface HealthDeps {
  readonly pool: pg.Pool;
  readonly clock: Clock;
}

export function createHealth({ pool, clock }: HealthDeps): Health {
  return {
    startedAt: clock.now(),
    async readiness() {
      const query = pool.query('SELECT 1').then(
        () => undefined,
        (error: unknown) => `database: ${error instanceof Error ? error.message : String(error)}`,
      );
      const late = clock.sleep(1000).then(() => 'database: no answer within a second');
      const problem = await Promise.race([query, late]);
      return { ready: problem === undefined, problems: problem === undefined ? [] : [problem] };
    },
  };
}
