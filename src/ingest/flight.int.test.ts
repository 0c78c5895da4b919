import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewActivity } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import { systemClock } from '#platform/clock.ts';
import { createMonths } from '#platform/db/months.ts';
import { createPool } from '#platform/db/pool.ts';
import { keyed, smsSent } from '#testing/append.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { type FlightDeps, fly, NotStored } from './flight.ts';

let book: TestBook;
let workspaceId: string;
let deps: FlightDeps;
beforeAll(async () => {
  book = await createTestBook();
  workspaceId = await book.makeWorkspace();
  const months = createMonths(book.pool);
  deps = { pool: book.pool, months, clock: systemClock, patienceMs: 10_000, awayPatienceMs: 10_000 };
});
afterAll(() => book.drop());

const sms = (values: Partial<NewActivity> = {}) => smsSent(workspaceId, values);
const summaryOf = (results: readonly (Error | { outcome: string })[]) =>
  results.map((result) => (result instanceof Error ? result.name : result.outcome));

async function countOf(batch: readonly NewActivity[]): Promise<number> {
  const { rows } = await book.pool.query('SELECT count(*) AS count FROM activity WHERE id = ANY ($1)', [
    batch.map(({ id }) => id),
  ]);
  return rows[0].count;
}

/** The same database over connections on which the first `times` statements of a flight go wrong in this way. */
function failing(times: number, fail: (run: () => Promise<unknown>) => Promise<never>): FlightDeps {
  let left = times;
  class FailingClient extends pg.Client {
    // biome-ignore lint/suspicious/noExplicitAny: pg's query has a dozen signatures
    override query(...args: any[]): any {
      const run = () => super.query(...(args as [string]));
      if (left === 0 || args[0]?.name !== 'append') return run();
      left -= 1;
      return fail(() => Promise.resolve(run()));
    }
  }
  const pool = new pg.Pool({ connectionString: book.url, max: 1, Client: FailingClient });
  return { ...deps, pool };
}

describe('an activity that Postgres cannot take', () => {
  const poison = () => sms({ durationMs: 2 ** 40 });

  test('costs none of the others, wherever it stands', async () => {
    for (const at of [0, 7, 14]) {
      const batch = Array.from({ length: 15 }, (_, i) =>
        i === at ? poison() : sms({ idempotency: keyed(`${at} ${i}`) }),
      );
      const results = await fly(deps, batch);
      expect(summaryOf(results)).toEqual(batch.map((_, i) => (i === at ? 'AppError' : 'stored')));
      expect(results[at]).toMatchObject({ code: 'INVALID_INPUT', status: 400 });
      expect(await countOf(batch)).toBe(14);
    }
  });

  test('is found beside others of its kind', async () => {
    const batch = [poison(), sms(), poison(), poison(), sms()];
    expect(summaryOf(await fly(deps, batch))).toEqual(['AppError', 'stored', 'AppError', 'AppError', 'stored']);
  });

  test('is told apart by class: a value out of range, a check that fails, a text that is no id', async () => {
    const odd: Partial<NewActivity>[] = [
      { durationMs: 2 ** 40 },
      { visibility: 'NOBODY' as never },
      { callId: 'no uuid' },
      { ip: 'no address' },
      { leadId: 'no uuid' },
    ];
    for (const values of odd) {
      const [result] = await fly(deps, [sms(values)]);
      expect(result).toBeInstanceOf(AppError);
      expect(result).toMatchObject({ code: 'INVALID_INPUT' });
    }
  });
});

test('months are made when they are needed, and their rows are in them', async () => {
  const batch = ['2019-02-28T23:59:59.999Z', '2019-03-01T00:00:00.000Z', '2024-02-29T12:00:00.000Z'].map((iso) =>
    sms({ occurredAt: new Date(iso) }),
  );
  expect(summaryOf(await fly(deps, batch))).toEqual(['stored', 'stored', 'stored']);
  const { rows } = await book.pool.query('SELECT tableoid::regclass::text AS place FROM activity WHERE id = ANY ($1)', [
    batch.map(({ id }) => id),
  ]);
  expect(rows.map(({ place }) => place).sort()).toEqual(['activity_2019_02', 'activity_2019_03', 'activity_2024_02']);
});

describe('a flight whose answer is lost', () => {
  const lost = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });

  test('after its commit is in the book once, and every activity of it counts as stored', async () => {
    const fragile = failing(1, async (run) => {
      await run();
      throw lost();
    });
    const batch = [sms(), sms({ idempotency: keyed('ambiguous') }), sms({ idempotency: keyed('ambiguous') })];
    expect(summaryOf(await fly(fragile, batch))).toEqual(['stored', 'stored', 'duplicate']);
    expect(await countOf(batch)).toBe(2);
    await fragile.pool.end();
  });

  test('before it was heard is sent again', async () => {
    const fragile = failing(2, () => Promise.reject(lost()));
    const batch = [sms(), sms({ idempotency: keyed('unheard') })];
    expect(summaryOf(await fly(fragile, batch))).toEqual(['stored', 'stored']);
    expect(await countOf(batch)).toBe(2);
    await fragile.pool.end();
  });

  test('again and again is given up after a while, without a word that it is not stored', async () => {
    const fragile = { ...failing(1_000, () => Promise.reject(lost())), awayPatienceMs: 50 };
    const results = await fly(fragile, [sms(), sms()]);
    expect(results.every((result) => result instanceof NotStored)).toBe(true);
    await fragile.pool.end();
  });
});

describe('what passes is waited for', () => {
  test('a deadlock, whose victim the flight was', async () => {
    const deadlocked = Object.assign(new Error('deadlock detected'), { code: '40P01' });
    const fragile = failing(3, () => Promise.reject(deadlocked));
    expect(summaryOf(await fly(fragile, [sms()]))).toEqual(['stored']);
    await fragile.pool.end();
  });

  test('a lead that somebody else holds for longer than the lock timeout', async () => {
    const leadId = await book.makeLead(workspaceId);
    const impatient = createPool({ url: book.url, applicationName: 'impatient', lockTimeoutMs: 20 });
    const refusals: unknown[] = [];
    impatient.on('connect', (client) => {
      client.on('notice', () => undefined);
    });
    const holder = await book.pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM leads WHERE id = $1 FOR UPDATE', [leadId]);
    const release = async () => {
      await holder.query('COMMIT');
      holder.release();
    };
    let tries = 0;
    const counting = new Proxy(impatient, {
      get(target, name) {
        if (name !== 'query') return Reflect.get(target, name);
        return async (...args: [pg.QueryConfig]) => {
          tries += 1;
          if (tries === 3) await release();
          return target.query(...args);
        };
      },
    });
    expect(summaryOf(await fly({ ...deps, pool: counting }, [sms({ leadId })]))).toEqual(['stored']);
    expect(tries).toBe(3);
    expect(refusals).toEqual([]);
    await impatient.end();
  });
});
