import type pg from 'pg';
import type { Clock } from '#platform/clock.ts';
import type { Logger } from '#platform/log.ts';

export interface Readiness {
  readonly ready: boolean;
  /** What keeps it from being ready, in words that give nothing away: whoever asks for it need not say who he is. */
  readonly problems: readonly string[];
}

export interface ReadinessDeps {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Logger;
}

const NO_ANSWER = 'database: no answer';
const PATIENCE_MS = 1_000;

/** Whether this process can serve: the database answers. Answers within a second; why it does not is in the log. */
export async function readReadiness({ pool, clock, log }: ReadinessDeps): Promise<Readiness> {
  const query = pool.query('SELECT 1').then(
    () => undefined,
    (error: unknown) => {
      log.warn({ err: error }, 'not ready: the database does not answer');
      return NO_ANSWER;
    },
  );
  const late = clock.sleep(PATIENCE_MS).then(() => NO_ANSWER);
  const problem = await Promise.race([query, late]);
  return { ready: problem === undefined, problems: problem === undefined ? [] : [problem] };
}
