/**
 * A program that puts numbered records into the spool of the DATA_DIR in its first argument as fast as it can, and prints
 * the number of each once it is acknowledged: for tests that kill it.
 */
import { createSpool } from '#ingest/spool/spool.ts';
import { systemClock } from '#platform/clock.ts';
import { silentLogger } from '#platform/log.ts';
import { exampleRecord } from './example-record.ts';

const spool = createSpool({
  dataDir: process.argv[2] ?? '',
  clock: systemClock,
  log: silentLogger,
  maxBytes: 2 ** 30,
  maxAgeMs: 3_600_000,
  segmentBytes: 64 * 2 ** 10,
});
await spool.start();

let made = 0;
const write = async () => {
  for (;;) {
    made += 1;
    const number = String(made);
    await spool.append(exampleRecord(number));
    process.stdout.write(`${number}\n`);
  }
};
for (let writer = 0; writer < 20; writer += 1) void write();
