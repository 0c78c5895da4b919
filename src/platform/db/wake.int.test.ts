import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { silentLogger } from '#platform/log.ts';
import { createTestDatabase, type TestDatabase } from '#testing/database.ts';
import { createWake } from './wake.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** The wake-up of one process, listening, with a count of how often it woke. */
async function startProcess() {
  const connection = { url: database.url, applicationName: 'wake-test' };
  const wake = createWake({ pool: database.pool, connection, log: silentLogger });
  const woken = vi.fn();
  wake.subscribe(woken);
  await wake.start();
  onTestFinished(() => wake.stop());
  // It wakes once when it begins to listen: what came before was missed.
  await vi.waitFor(() => expect(woken).toHaveBeenCalled());
  woken.mockClear();
  return { wake, woken };
}

test('an announcement wakes this process at once and every other one soon, this one only once', async () => {
  const [here, there] = [await startProcess(), await startProcess()];
  here.wake.announce();
  expect(here.woken).toHaveBeenCalledTimes(1);
  await vi.waitFor(() => expect(there.woken).toHaveBeenCalledTimes(1));
  there.wake.announce();
  await vi.waitFor(() => expect(here.woken).toHaveBeenCalledTimes(2));
  expect(there.woken).toHaveBeenCalledTimes(2);
});

test('a burst is a few notifications, and the last of it is not lost', async () => {
  const [here, there] = [await startProcess(), await startProcess()];
  for (let turn = 0; turn < 200; turn += 1) {
    here.wake.announce();
    if (turn % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(here.woken).toHaveBeenCalledTimes(200);
  await vi.waitFor(() => expect(there.woken.mock.calls.length).toBeGreaterThanOrEqual(2));
  expect(there.woken.mock.calls.length).toBeLessThan(20);
});

test('without a database nothing is thrown, and nothing waits', async () => {
  const gone = { url: 'postgres://nobody@127.0.0.1:1/none', applicationName: 'wake-test' };
  const wake = createWake({ pool: database.pool, connection: gone, log: silentLogger });
  const woken = vi.fn();
  wake.subscribe(woken);
  await wake.start();
  wake.announce();
  expect(woken).toHaveBeenCalledTimes(1);
  await wake.stop();
});
