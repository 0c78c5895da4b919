/** The application is killed (SIGKILL) under load, while it starts too, and started again on the same data. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Campaign, scaled } from '../harness/campaign.ts';
import { outcomeOf } from '../harness/outcome.ts';
import { openScene } from '../harness/scene.ts';

const KILLS = 200;
const EVENTS = 1_000_000;
/** Of ten kills, how many come while it starts. */
const EARLY = 0.15;
const EARLIEST_MS = 2_000;

export const killApp: Campaign = {
  name: 'kill-app',
  title: 'the application killed under load',
  async run(context) {
    const { random, say } = context;
    const kills = scaled(context, KILLS, 2);
    const events = scaled(context, EVENTS, 500);
    const plan = random.fork('plan');
    const rounds = Array.from({ length: kills }, () => ({
      isEarly: plan.chance(EARLY),
      afterMs: plan.int(0, EARLIEST_MS),
      afterEvents: plan.int(0, Math.round((events / kills) * 2.2)),
      waitMs: plan.int(0, 60),
    }));
    const scene = await openScene(context, { database: 'own' });
    let keep = true;
    try {
      await scene.send({ lanes: 6, maxBatch: 400, singles: 4 }, 2);
      let early = 0;
      for (const [number, { isEarly, afterMs, afterEvents, waitMs }] of rounds.entries()) {
        if (isEarly) {
          await scene.app.kill();
          scene.app.launch();
          await sleep(afterMs);
          early += 1;
        } else {
          await scene.untilMore(afterEvents);
          await sleep(waitMs);
        }
        await scene.app.kill();
        await scene.app.start();
        if ((number + 1) % 10 === 0) say(`${number + 1} of ${kills} kills, ${await scene.acknowledged()} acknowledged`);
      }
      const left = events - (await scene.acknowledged());
      for (let more = left; more > 0; more -= 5_000) await scene.untilMore(Math.min(more, 5_000));
      const conclusion = await scene.conclude();
      const faults = { 'kills under load': kills - early, 'kills while starting': early * 2 };
      const outcome = outcomeOf(conclusion, faults);
      keep = outcome.failures.length > 0;
      return outcome;
    } finally {
      await scene.close(keep);
    }
  },
};
