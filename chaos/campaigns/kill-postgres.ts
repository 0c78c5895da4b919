/** PostgreSQL is killed (SIGKILL) under load: the whole server, one of its processes, or the server while it recovers. */
import { realpathSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findHome } from '#platform/embedded/home.ts';
import { findServer } from '#platform/embedded/server-process.ts';
import { type Campaign, scaled } from '../harness/campaign.ts';
import { outcomeOf } from '../harness/outcome.ts';
import { openScene, type Scene } from '../harness/scene.ts';

const KILLS = 100;
const KINDS = ['server', 'process', 'recovery'] as const;
const BACK_MS = 90_000;
/** Events a second of each client: more would spend the time on draining what came while nobody was there. */
const RATE = 500;

export const killPostgres: Campaign = {
  name: 'kill-postgres',
  title: 'PostgreSQL killed under load',
  async run(context) {
    const { random, say } = context;
    const plan = random.fork('plan');
    const rounds = Array.from({ length: scaled(context, KILLS, 3) }, (_, number) => ({
      // Each kind is there even in the shortest run.
      kind: KINDS[number] ?? plan.pick([...KINDS, 'server', 'server']),
      afterEvents: plan.int(1, 1_500),
      waitMs: plan.int(0, 60),
      /** How long the outage is left alone, so that events go to the spool and the application notices. */
      outageEvents: plan.chance(0.5) ? plan.int(1, 500) : 0,
    }));
    const scene = await openScene(context, { database: 'own' });
    const faults = { 'kills of the server': 0, 'of one of its processes': 0, 'while it recovers': 0 };
    let keep = true;
    try {
      await scene.send({ lanes: 8, maxBatch: 20, singles: 7, rate: RATE }, 2);
      for (const [number, { kind, afterEvents, waitMs, outageEvents }] of rounds.entries()) {
        await scene.untilMore(afterEvents, 'stored');
        await sleep(waitMs);
        if (kind === 'process') {
          if (await killProcess(scene)) faults['of one of its processes'] += 1;
        } else {
          await killServer(scene);
          faults['kills of the server'] += 1;
        }
        if (kind === 'recovery') {
          await comesUp(scene, false);
          await killServer(scene);
          faults['while it recovers'] += 1;
        }
        await scene.untilMore(outageEvents);
        await comesUp(scene, true);
        if ((number + 1) % 10 === 0)
          say(`${number + 1} of ${rounds.length} rounds, ${await scene.acknowledged()} acknowledged`);
      }
      await scene.untilMore(500, 'stored');
      const outcome = outcomeOf(await scene.conclude(), faults);
      keep = outcome.failures.length > 0;
      return outcome;
    } finally {
      await scene.close(keep);
    }
  },
};

function serverOf({ app }: Scene) {
  const home = findHome(app.dataDir);
  return home && findServer(realpathSync(home.cluster));
}

async function killServer(scene: Scene): Promise<void> {
  const server = serverOf(scene);
  if (server) process.kill(server.pid, 'SIGKILL');
}

/** Resolves when a server is there again, and takes connections when it is asked for one that does. */
async function comesUp(scene: Scene, isToAnswer: boolean): Promise<void> {
  for (const deadline = performance.now() + BACK_MS; performance.now() < deadline; await sleep(10)) {
    const server = serverOf(scene);
    if (server && !isToAnswer) return;
    if (server?.isReady && (await answers(scene))) return;
  }
  throw new Error(`the database server is not back after ${BACK_MS} ms`);
}

const BACKENDS_SQL = "SELECT pid FROM pg_stat_activity WHERE application_name = 'historybook-ingest'";

/** Kills one of the processes that serve ingest; the server then ends all of them and recovers. */
async function killProcess(scene: Scene): Promise<boolean> {
  const pids = await ask<{ pid: number }>(scene, BACKENDS_SQL);
  const [first] = pids ?? [];
  if (first) process.kill(first.pid, 'SIGKILL');
  return first !== undefined;
}

async function answers(scene: Scene): Promise<boolean> {
  return (await ask(scene, 'SELECT 1')) !== undefined;
}

async function ask<T extends object>(scene: Scene, sql: string): Promise<T[] | undefined> {
  try {
    const client = new pg.Client({ connectionString: scene.databaseUrl(), connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.query<T>(sql)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  } catch {
    return undefined;
  }
}
