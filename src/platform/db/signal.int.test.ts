import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { silentLogger } from '../log.ts';
import type { RunSql } from './append.ts';
import { createSignals, type Signal } from './signal.ts';

let database: TestDatabase;
let run: RunSql;

beforeAll(async () => {
  database = await createTestDatabase();
  run = async (sql, params) => (await database.pool.query(sql, [...params])).rows;
});
afterAll(() => database.drop());

async function startSignals(applicationName = 'signals') {
  const signals = createSignals({ connection: { url: database.url, applicationName }, log: silentLogger });
  await signals.start();
  return { ...signals, [Symbol.asyncDispose]: () => signals.stop() };
}

/** The next signal of that kind. */
function next(signals: Awaited<ReturnType<typeof startSignals>>, kind: Signal['kind']): Promise<Signal> {
  return new Promise((resolve) => {
    const stop = signals.subscribe(kind, (signal) => {
      stop();
      resolve(signal);
    });
  });
}

const KEY: Signal = { kind: 'key', id: 'a', workspaceId: 'w', ended: true };

describe('signals', () => {
  it('reach every process, only those who asked for their kind', async () => {
    await using one = await startSignals();
    await using two = await startSignals();
    const foreign: Signal[] = [];
    two.subscribe('session', (signal) => foreign.push(signal));
    const heard = Promise.all([next(one, 'key'), next(two, 'key')]);
    await one.publish(run, [KEY]);
    expect(await heard).toEqual([KEY, KEY]);
    expect(foreign).toEqual([]);
  });

  it('go with the commit, and not at all with a rollback', async () => {
    await using signals = await startSignals();
    const heard: Signal[] = [];
    signals.subscribe('member', (signal) => heard.push(signal));
    const client = await database.pool.connect();
    const inTransaction: RunSql = async (sql, params) => (await client.query(sql, [...params])).rows;
    try {
      await client.query('BEGIN');
      await signals.publish(inTransaction, [{ kind: 'member', id: 'rolled back' }]);
      await client.query('ROLLBACK');
      await client.query('BEGIN');
      await signals.publish(inTransaction, [{ kind: 'member', id: 'committed' }]);
      expect(heard).toEqual([]);
      const arrived = next(signals, 'member');
      await client.query('COMMIT');
      expect(await arrived).toEqual({ kind: 'member', id: 'committed' });
      expect(heard).toEqual([{ kind: 'member', id: 'committed' }]);
    } finally {
      client.release();
    }
  });

  it('are delivered at once in the process itself', async () => {
    await using signals = await startSignals();
    const heard: Signal[] = [];
    const stop = signals.subscribe('key', (signal) => heard.push(signal));
    signals.deliver([KEY]);
    expect(heard).toEqual([KEY]);
    stop();
    signals.deliver([KEY]);
    expect(heard).toHaveLength(1);
  });

  it('come again after the connection was lost, with word of the gap', async () => {
    await using signals = await startSignals('signals-to-lose');
    const gap = new Promise<void>((resolve) => {
      signals.onGap(resolve);
    });
    await database.pool.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'signals-to-lose'",
    );
    await gap;
    const heard = next(signals, 'key');
    await signals.publish(run, [KEY]);
    expect(await heard).toEqual(KEY);
  });

  it('ignore what others send on the channel', async () => {
    await using signals = await startSignals();
    const heard = next(signals, 'key');
    await database.pool.query(
      "SELECT pg_notify('historybook_access', 'not json'), pg_notify('historybook_access', '{}')",
    );
    await signals.publish(run, [KEY]);
    expect(await heard).toEqual(KEY);
  });

  it('stop while the database cannot be reached', async () => {
    const signals = createSignals({
      connection: { url: 'postgresql://nobody@127.0.0.1:1/none', applicationName: 'signals' },
      log: silentLogger,
    });
    const starting = signals.start();
    await Promise.all([signals.stop(), expect(starting).rejects.toMatchObject({ phase: 'start' })]);
  });
});
