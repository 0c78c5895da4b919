/**
 * PostgreSQL is away for minutes while events keep coming at a steady rate; meanwhile the application is killed and has to
 * start without it. Then everything has to get into the book, beside what still comes. How fast that is depends on what else
 * the machine does: it is noted here, and judged by the benchmark.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createGate, type Gate } from '#testing/gate.ts';
import { type Campaign, scaled } from '../harness/campaign.ts';
import { outcomeOf } from '../harness/outcome.ts';
import { openScene } from '../harness/scene.ts';
import { segmentsIn } from '../harness/settle.ts';

const OUTAGE_S = 600;
const RATE = 500;
const KILLS = 3;
/** What is waiting, at most, when the drain counts as done: what came in the last moment. */
const ALL_BUT = 1;
const DRAIN_PATIENCE_MS = 20 * 60_000;

export const outage: Campaign = {
  name: 'outage',
  title: `PostgreSQL away for minutes at ${RATE} events/s`,
  async run(context) {
    const { random, say, scale } = context;
    const seconds = scaled(context, OUTAGE_S, 3);
    const plan = random.fork('plan');
    // In the last two thirds, and in short runs once: before that it could not know its keys yet.
    const kills = Array.from({ length: scaled({ scale }, KILLS, 1) }, () => seconds * (0.3 + 0.6 * plan.next()));
    const ends = [...kills.toSorted((a, b) => a - b), seconds];
    let gate: Gate | undefined;
    const scene = await openScene(context, {
      database: 'given',
      async betweenDatabase(url) {
        gate = await createGate(url);
        return gate.url;
      },
    });
    let keep = true;
    try {
      if (!gate) throw new Error('the gate is not there');
      await scene.send({ lanes: 24, maxBatch: 2, singles: 10, rate: RATE });
      await scene.untilMore(RATE);
      const before = await scene.acknowledged();
      await gate.shut();
      const shutAt = performance.now();
      for (const [number, end] of ends.entries()) {
        for (let left = remaining(shutAt, end); left > 0; left = remaining(shutAt, end)) {
          await sleep(Math.min(left, 30_000));
          say(
            `${Math.round((performance.now() - shutAt) / 1000)} of ${seconds} s, ${await scene.acknowledged()} acknowledged`,
          );
        }
        if (number === ends.length - 1) break;
        await scene.app.kill();
        await scene.app.start();
      }
      const spooled = (await scene.acknowledged()) - before;
      await gate.open();
      const openedAt = performance.now();
      const drained = await drain(scene.app.dataDir);
      const drainS = (performance.now() - openedAt) / 1000;
      const conclusion = await scene.conclude();
      const rate = Math.round(spooled / drainS);
      const { p50, p99 } = conclusion.clients[0]?.latency ?? { p50: 0, p99: 0 };
      const outcome = outcomeOf(
        { ...conclusion, failures: [...conclusion.failures, ...drained] },
        { 'seconds without PostgreSQL': seconds, 'kills meanwhile': kills.length },
        {
          'events taken meanwhile': spooled,
          'seconds until the spool was empty': Math.round(drainS),
          'drained events a second': rate,
          'acknowledgement p50, ms': Math.round(p50),
          'acknowledgement p99, ms': Math.round(p99),
        },
      );
      keep = outcome.failures.length > 0;
      return outcome;
    } finally {
      await scene.close(keep);
      await gate?.close();
    }
  },
};

function remaining(since: number, seconds: number): number {
  return since + seconds * 1000 - performance.now();
}

/** Resolves when no more waits than what has just come; the load goes on. */
async function drain(dataDir: string): Promise<string[]> {
  for (const deadline = performance.now() + DRAIN_PATIENCE_MS; performance.now() < deadline; await sleep(50)) {
    if (segmentsIn(dataDir).length < ALL_BUT) return [];
  }
  return ['the spool was not drained'];
}
