/**
 * The wall clock of the application is set forth and back, by up to a day, under load, while PostgreSQL goes and comes back,
 * and across restarts.
 */
import { createGate, type Gate } from '#testing/gate.ts';
import { type Campaign, scaled } from '../harness/campaign.ts';
import { outcomeOf } from '../harness/outcome.ts';
import { openScene } from '../harness/scene.ts';

const JUMPS = 150;
/** Between two jumps. */
const MOST_EVENTS = 600;
const DAY_MS = 86_400_000;

export const clock: Campaign = {
  name: 'clock',
  title: 'the clock set by up to a day, both ways',
  async run(context) {
    const { random, say } = context;
    const plan = random.fork('plan');
    const jumps = Array.from({ length: scaled(context, JUMPS, 4) }, (_, number) => ({
      // The two ends first: a day ahead and a day behind are judged to the millisecond.
      offsetMs: [DAY_MS, -DAY_MS][number] ?? plan.int(-DAY_MS, DAY_MS),
      events: plan.int(20, scaled(context, MOST_EVENTS, 30)),
      isOutage: plan.chance(0.3),
      isRestart: plan.chance(0.15),
    }));
    let gate: Gate | undefined;
    const scene = await openScene(context, {
      database: 'given',
      async betweenDatabase(url) {
        gate = await createGate(url);
        return gate.url;
      },
    });
    const faults = { jumps: 0, 'of these without PostgreSQL': 0, 'kills between two jumps': 0 };
    let keep = true;
    try {
      if (!gate) throw new Error('the gate is not there');
      await scene.send({ lanes: 12, maxBatch: 30, singles: 6 }, 2);
      for (const [number, { offsetMs, events, isOutage, isRestart }] of jumps.entries()) {
        await scene.untilMore(events, 'stored');
        if (isOutage) {
          await gate.shut();
          await scene.untilMore(events);
          faults['of these without PostgreSQL'] += 1;
        }
        await scene.app.order({ kind: 'clock', offsetMs });
        faults.jumps += 1;
        await scene.untilMore(events);
        if (isRestart) {
          await scene.app.kill();
          await scene.app.start();
          faults['kills between two jumps'] += 1;
          await scene.untilMore(events);
        }
        if (isOutage) await gate.open();
        if ((number + 1) % 15 === 0)
          say(`${number + 1} of ${jumps.length} jumps, ${await scene.acknowledged()} acknowledged`);
      }
      const outcome = outcomeOf(await scene.conclude(), faults);
      keep = outcome.failures.length > 0;
      return outcome;
    } finally {
      await scene.close(keep);
      await gate?.close();
    }
  },
};
