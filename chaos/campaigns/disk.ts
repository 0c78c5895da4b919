/**
 * The disk of the spool is full, or fails in write, fdatasync and file making, while PostgreSQL is away; and the power goes:
 * what was not synced is gone with the process. Nothing of that may have been acknowledged.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createGate, type Gate } from '#testing/gate.ts';
import type { DiskFault } from '../actors/disk.ts';
import { type Campaign, scaled } from '../harness/campaign.ts';
import { outcomeOf } from '../harness/outcome.ts';
import type { Random } from '../harness/random.ts';
import { openScene } from '../harness/scene.ts';

const ROUNDS = 60;
const FAULTS_IN_ROUND = 3;
/** Between two faults. */
const MOST_EVENTS = 800;
const KINDS = ['full', 'write', 'sync', 'create', 'folder'] as const satisfies DiskFault['kind'][];
const BROKEN_MS = { min: 50, max: 700 };

export const disk: Campaign = {
  name: 'disk',
  title: 'the disk of the spool full or failing, and power cuts',
  async run(context) {
    const { random, say } = context;
    const plan = random.fork('plan');
    const rounds = Array.from({ length: scaled(context, ROUNDS, 2) }, () => ({
      faults: Array.from({ length: FAULTS_IN_ROUND }, () => faultOf(plan)),
      brokenMs: plan.int(BROKEN_MS.min, BROKEN_MS.max),
      events: plan.int(20, scaled(context, MOST_EVENTS, 30)),
      isPowerCut: plan.chance(0.5),
    }));
    let gate: Gate | undefined;
    const scene = await openScene(context, {
      database: 'given',
      env: { CHAOS_DISK: 'breakable' },
      async betweenDatabase(url) {
        gate = await createGate(url);
        return gate.url;
      },
    });
    const faults: Record<string, number> = { 'failed operations': 0, 'power cuts': 0 };
    let failed = 0;
    /** Counted by the application for its life: what it says is added up when that ends. */
    const breakBy = async (fault: DiskFault | undefined) => {
      failed = await scene.app.order({ kind: 'disk', fault });
    };
    let keep = true;
    try {
      if (!gate) throw new Error('the gate is not there');
      await scene.send({ lanes: 16, maxBatch: 20, singles: 7 });
      await scene.untilMore(200);
      for (const [number, { faults: broken, brokenMs, events, isPowerCut }] of rounds.entries()) {
        await gate.shut();
        for (const fault of broken) {
          await scene.untilMore(events);
          await breakBy(fault);
          await sleep(brokenMs);
          await breakBy(undefined);
          const name = `times ${WORDS[fault.kind]}`;
          faults[name] = (faults[name] ?? 0) + 1;
        }
        await scene.untilMore(events);
        if (isPowerCut) {
          await breakBy(undefined);
          await scene.app.kill();
          faults['failed operations'] = (faults['failed operations'] ?? 0) + failed;
          faults['power cuts'] = (faults['power cuts'] ?? 0) + 1;
          failed = 0;
          await scene.app.start();
          await scene.untilMore(events);
        }
        await gate.open();
        await scene.untilMore(events, 'stored');
        if ((number + 1) % 5 === 0)
          say(`${number + 1} of ${rounds.length} rounds, ${await scene.acknowledged()} acknowledged`);
      }
      faults['failed operations'] = (faults['failed operations'] ?? 0) + failed;
      const conclusion = await scene.conclude();
      const unharmed = faults['failed operations'] === 0 ? ['no operation of the disk failed: nothing was tried'] : [];
      const outcome = outcomeOf({ ...conclusion, failures: [...conclusion.failures, ...unharmed] }, faults);
      keep = outcome.failures.length > 0;
      return outcome;
    } finally {
      await scene.close(keep);
      await gate?.close();
    }
  },
};

const WORDS = {
  full: 'full in the middle of a write',
  write: 'EIO in write',
  sync: 'EIO in fdatasync',
  create: 'full for new files',
  folder: 'EIO in the fsync of a folder',
} as const satisfies Record<DiskFault['kind'], string>;

function faultOf(plan: Random): DiskFault {
  const kind = plan.pick(KINDS);
  return kind === 'full' ? { kind, room: plan.int(0, 2_000) } : { kind };
}
