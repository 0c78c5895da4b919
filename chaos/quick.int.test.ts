import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { removeEmbeddedData } from '#platform/embedded/postgres.ts';
import { createTestDatabase } from '#testing/database.ts';
import { CAMPAIGNS } from './campaigns/index.ts';
import { createRandom } from './harness/random.ts';

/** Each campaign as short as it can be: that it runs, does all that it says, and that nothing is lost in its first seconds. */
const SCALE = 0.001;
/** By this seed the plan of each campaign has every kind of fault, as short as it is. */
const SEED = 'quick 60';
/** The kinds of faults that have to happen. */
const FAULTS: Readonly<Record<string, readonly string[]>> = {
  'kill-app': ['kills under load', 'kills while starting'],
  'kill-postgres': ['kills of the server', 'of one of its processes', 'while it recovers'],
  'cut-sockets': [
    'cuts in the append call',
    'after it',
    'in its answer',
    'in requests of clients',
    'in answers to them',
  ],
  disk: [
    'failed operations',
    'power cuts',
    'times full in the middle of a write',
    'times EIO in write',
    'times EIO in fdatasync',
    'times full for new files',
    'times EIO in the fsync of a folder',
  ],
  clock: ['jumps', 'of these without PostgreSQL', 'kills between two jumps'],
  outage: ['seconds without PostgreSQL', 'kills meanwhile'],
  'spool-bytes': ['cuts', 'changed bytes', 'pieces overwritten, removed or put in'],
  'bad-requests': ['bad requests'],
};
/** Processes are started and killed, servers recover, beside whatever else the machine does. */
const PATIENCE_MS = 240_000;

test.each(CAMPAIGNS.map((campaign) => [campaign.name, campaign] as const))(
  'a short campaign of %s ends as promised',
  { timeout: PATIENCE_MS },
  async (name, campaign) => {
    const folder = mkdtempSync(join(tmpdir(), `historybook-chaos-quick-${name}-`));
    const database = await createTestDatabase();
    onTestFinished(async () => {
      await database.drop();
      // A campaign that failed keeps its data for somebody to look at; of a test nothing stays.
      await removeEmbeddedData(join(folder, 'data'));
      rmSync(folder, { recursive: true, force: true });
    });
    const random = createRandom(`${SEED}/${name}`);
    const context = { random, scale: SCALE, folder, databaseUrl: database.url, say: () => undefined };
    const { failures, faults, check } = await campaign.run(context);
    expect(failures).toEqual([]);
    const happened = Object.keys(faults).filter((kind) => (faults[kind] ?? 0) > 0);
    expect(happened.toSorted()).toEqual(FAULTS[name]?.toSorted());
    if (check) expect(check.acknowledged).toBeGreaterThan(0);
  },
);
