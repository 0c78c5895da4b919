/**
 * A program that logs numbered events, as fast as its pace allows, and prints the number of the last one that is durable:
 * for tests that kill it. Arguments: url, key, spool folder, first number, last number. Prints its statistics at the end.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createHistorybook } from '../src/index.ts';

const [url = '', apiKey = '', spoolDir = '', first = '1', last = '1'] = process.argv.slice(2);
const client = createHistorybook({ url, apiKey, spoolDir, source: 'test:writer', lingerMs: 20 });

const GROUP = 50;
const PACE_MS = 20;
/** The same event has the same body, whoever logs it. */
const BEGIN = Date.UTC(2026, 0, 1);

for (let from = Number(first); from <= Number(last); from += GROUP) {
  const until = Math.min(from + GROUP - 1, Number(last));
  const numbers = Array.from({ length: until - from + 1 }, (_, i) => from + i);
  const logged = await Promise.all(numbers.map(log));
  if (logged.some(({ state }) => state !== 'durable')) throw new Error(JSON.stringify(logged));
  process.stdout.write(`${until}\n`);
  await sleep(PACE_MS);
}
await client.close({ timeoutMs: 60_000 });
process.stdout.write(`${JSON.stringify(client.stats())}\n`);

function log(n: number) {
  return client.logLeadActivity({
    eventType: 'MESSAGE_SENT',
    leadAirtableId: `recClientTest${String(n % 10).padStart(4, '0')}`,
    description: `event ${n}`,
    metadata: { campaign_id: 'client', step: n },
    timestamp: new Date(BEGIN + n),
    idempotencyKey: `client-test-${n}`,
  });
}
