/**
 * A program that uses the embedded database, for tests that kill it. Its argument are the options as JSON; it prints a
 * line of JSON once it is up, asks the database once more at SIGTERM or SIGINT, and then stops.
 */
import pg from 'pg';
import { z } from 'zod';
import { startEmbeddedPostgres } from '#platform/embedded/postgres.ts';
import { createLogger } from '#platform/log.ts';

const optionsSchema = z.object({
  dataDir: z.string(),
  stateDir: z.string(),
  password: z.string(),
  port: z.number(),
  settings: z.record(z.string(), z.string()),
  initdbArguments: z.array(z.string()),
});

const options = optionsSchema.parse(JSON.parse(process.argv[2] ?? ''));
const stderr = { write: (line: string) => void process.stderr.write(line) };
const postgres = await startEmbeddedPostgres({ ...options, log: createLogger({ level: 'info', destination: stderr }) });

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query('SELECT 1');
    await client.end();
    await postgres.stop();
  });
}
process.stdout.write(`${JSON.stringify({ url: postgres.url, adopted: postgres.adopted })}\n`);
