import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewActivity } from '#domain/activity.ts';
import { AppError } from '#domain/errors.ts';
import { systemClock } from '#platform/clock.ts';
import { noteLineFailure } from '#platform/db/line.ts';
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

type Query = () => Promise<unknown>;

/** The same flights, with each of their statements in the hand of `around`; `turn` counts them from 1. */
function tampered(around: (turn: number, query: Query) => Promise<unknown>, pool: pg.Pool = book.pool): FlightDeps {
  let turn = 0;
  const hand = new Proxy(pool, {
    get(target, name) {
      if (name !== 'connect') return Reflect.get(target, name);
      return async () => {
        const client = await target.connect();
        const query = (statement: pg.QueryConfig) => {
          turn += 1;
          return around(turn, () => client.query(statement));
        };
        return { query, release: (error?: Error) => client.release(error) };
      };
    },
  });
  return { ...deps, pool: hand };
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
  const lost = () => {
    const error = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    noteLineFailure(error);
    return error;
  };

  test('after its commit is in the book once, and every activity of it counts as stored', async () => {
    const batch = [sms(), sms({ idempotency: keyed('ambiguous') }), sms({ idempotency: keyed('ambiguous') })];
    const results = await fly(
      tampered(async (turn, query) => {
        const answer = await query();
        if (turn === 1) throw lost();
        return answer;
      }),
      batch,
    );
    expect(summaryOf(results)).toEqual(['stored', 'stored', 'duplicate']);
    expect(await countOf(batch)).toBe(2);
  });

  test('before it was heard is sent again', async () => {
    const batch = [sms(), sms({ idempotency: keyed('unheard') })];
    const deaf = tampered(async (turn, query) => {
      if (turn < 3) throw lost();
      return query();
    });
    expect(summaryOf(await fly(deaf, batch))).toEqual(['stored', 'stored']);
    expect(await countOf(batch)).toBe(2);
  });

  test('again and again is given up after a while, and says that it is not stored', async () => {
    const away = tampered(() => Promise.reject(lost()));
    const results = await fly({ ...away, awayPatienceMs: 50 }, [sms(), sms()]);
    expect(results.every((result) => result instanceof NotStored)).toBe(true);
  });
});

describe('what passes is waited for', () => {
  test('a deadlock, whose victim the flight was', async () => {
    const unlucky = tampered(async (turn, query) => {
      if (turn < 4) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
      return query();
    });
    expect(summaryOf(await fly(unlucky, [sms()]))).toEqual(['stored']);
  });

  test('a lead that somebody else holds for longer than the lock timeout', async () => {
    const leadId = await book.makeLead(workspaceId);
    const impatient = createPool({ url: book.url, applicationName: 'impatient', lockTimeoutMs: 20 });
    const holder = await book.pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM leads WHERE id = $1 FOR UPDATE', [leadId]);
    let turns = 0;
    const waiting = tampered(async (turn, query) => {
      turns = turn;
      if (turn === 3) await holder.query('COMMIT');
      return query();
    }, impatient);
    expect(summaryOf(await fly(waiting, [sms({ leadId })]))).toEqual(['stored']);
    expect(turns).toBe(3);
    holder.release();
    await impatient.end();
  });
});
