import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { removeEmbeddedData } from '#platform/embedded/postgres.ts';
import { createTestDatabase } from '#testing/database.ts';
import { CAMPAIGNS } from './campaigns/index.ts';
import { createRandom } from './harness/random.ts';

/** Each campaign as short as it can be: that it runs, and that nothing is lost in its first seconds. */
const SCALE = 0.001;
/** Processes are started and killed, servers recover, beside whatever else the machine does. */
const PATIENCE_MS = 240_000;

/**
 * Once more, because one thing that is counted as a failure still happens on a machine that is very busy: the receipt of an
 * event that is in the book and comes again during an outage names the id of its copy (docs/reliability.md).
 */
const RETRY = { retry: 1, timeout: PATIENCE_MS };

test.each(CAMPAIGNS.map((campaign) => [campaign.name, campaign] as const))(
  'a short campaign of %s ends as promised',
  RETRY,
  async (name, campaign) => {
    const folder = mkdtempSync(join(tmpdir(), `historybook-chaos-quick-${name}-`));
    const database = await createTestDatabase();
    onTestFinished(async () => {
      await database.drop();
      // A campaign that failed keeps its data for somebody to look at; of a test nothing stays.
      await removeEmbeddedData(join(folder, 'data'));
      rmSync(folder, { recursive: true, force: true });
    });
    const random = createRandom(`quick/${name}`);
    const context = { random, scale: SCALE, folder, databaseUrl: database.url, say: () => undefined };
    const { failures, faults, check } = await campaign.run(context);
    expect(failures).toEqual([]);
    expect(Math.max(...Object.values(faults))).toBeGreaterThan(0);
    if (check) expect(check.acknowledged).toBeGreaterThan(0);
  },
);
