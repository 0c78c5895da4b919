import type pg from 'pg';
import { z } from 'zod';
import type { Clock } from '#platform/clock.ts';

/** An attempt to sign in that failed. */
export interface FailedLogin {
  /** As it was typed, trimmed. */
  readonly email: string;
  readonly address: string;
}

const FLUSH_SQL = `
  INSERT INTO alert_failed_login AS f (minute, account, address, attempts)
  SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::int[]) ORDER BY 1, 2, 3
  ON CONFLICT (minute, account, address) DO UPDATE SET attempts = f.attempts + excluded.attempts`;
/** Different pairs of account and address that are remembered until they are written; of the others only the address is. */
const MAX_PAIRS = 2_000;
/** People type passwords into the wrong field: what is no address is not written down. */
const NO_EMAIL = '(no e-mail address)';
const MANY = '(many)';

interface Count {
  readonly minute: Date;
  readonly account: string;
  readonly address: string;
  attempts: number;
}

/** Counts failed attempts in memory and adds them to the table now and then: an attack costs a row a minute, not one each. */
export function createLoginCounter({ pool, clock }: { readonly pool: pg.Pool; readonly clock: Pick<Clock, 'now'> }) {
  let counts = new Map<string, Count>();

  const add = (minute: Date, account: string, address: string, attempts: number) => {
    const key = `${minute.getTime()} ${account} ${address}`;
    const known = counts.get(key);
    if (known) known.attempts += attempts;
    else if (counts.size < MAX_PAIRS || account === MANY) counts.set(key, { minute, account, address, attempts });
    else if (counts.size < 2 * MAX_PAIRS) add(minute, MANY, address, attempts);
  };

  return {
    note({ email, address }: FailedLogin): void {
      const account = z.email().safeParse(email).success ? email.toLowerCase() : NO_EMAIL;
      const minute = new Date(Math.floor(clock.now().getTime() / 60_000) * 60_000);
      add(minute, account, address, 1);
    },
    async flush(): Promise<void> {
      if (counts.size === 0) return;
      const rows = [...counts.values()];
      counts = new Map();
      try {
        await pool.query(FLUSH_SQL, [
          rows.map(({ minute }) => minute),
          rows.map(({ account }) => account),
          rows.map(({ address }) => address),
          rows.map(({ attempts }) => attempts),
        ]);
      } catch (error) {
        for (const { minute, account, address, attempts } of rows) add(minute, account, address, attempts);
        throw error;
      }
    },
  };
}
