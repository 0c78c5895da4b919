/**
 * Bad requests of every kind, alone and in batches with good events. None may be answered with 500 or more, none may harm a
 * good event beside it, and nothing may be in the book that was refused.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from '../../bench/harness/child.ts';
import type { BadClientOptions, BadClientStats } from '../actors/bad-client.ts';
import { type Campaign, scaled } from '../harness/campaign.ts';
import { outcomeOf } from '../harness/outcome.ts';
import { openScene } from '../harness/scene.ts';

const REQUESTS = 100_000;
/** Good events a second that come beside, from a client that does nothing wrong. */
const RATE = 100;
const TOLD_EVERY_MS = 15_000;

export const badRequests: Campaign = {
  name: 'bad-requests',
  title: 'bad requests, alone and in batches with good events',
  async run(context) {
    const { random, say } = context;
    const requests = scaled(context, REQUESTS, 300);
    const scene = await openScene(context, { database: 'given' });
    let keep = true;
    try {
      const { place } = scene;
      const client = await startChild('../chaos/actors/bad-client.ts', {
        ...place,
        name: 'bad',
        seed: `${random.int(0, 2 ** 31)}`,
        logFile: join(scene.logs, 'acks-bad.log'),
        requests,
        lanes: 24,
      } satisfies BadClientOptions);
      try {
        await scene.send({ lanes: 4, maxBatch: 2, singles: 10, rate: RATE });
        let toldAt = performance.now();
        for (let sent = 0; sent < requests; await sleep(100)) {
          sent = await client.ask<number>('progress');
          if (scene.app.accident) throw new Error(scene.app.accident);
          if (performance.now() - toldAt < TOLD_EVERY_MS) continue;
          toldAt = performance.now();
          say(`${sent} of ${requests} requests`);
        }
        const bad = await client.ask<BadClientStats>('finish');
        const conclusion = await scene.conclude();
        const outcome = outcomeOf(
          { ...conclusion, failures: [...conclusion.failures, ...bad.faults] },
          { 'bad requests': bad.sent },
          {
            'answers of 500 and more': bad.serverErrors,
            'good events in batches with bad ones': bad.neighbours,
            'of these refused': bad.refusedNeighbours,
            ...named('answered', bad.statuses),
            ...named('sent:', bad.kinds),
          },
        );
        keep = outcome.failures.length > 0;
        return outcome;
      } finally {
        await client.stop();
      }
    } finally {
      await scene.close(keep);
    }
  },
};

function named(word: string, counts: Readonly<Record<string, number>>): Record<string, number> {
  const entries = Object.entries(counts).map(([name, count]): [string, number] => {
    return [`${word} ${name === '0' ? 'by the end of the connection' : name}`, count];
  });
  return Object.fromEntries(entries);
}
