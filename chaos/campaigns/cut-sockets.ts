/**
 * Connections are cut around COMMIT, between the application and PostgreSQL, and at any byte between clients and the
 * application, at the same time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Campaign, scaled } from '../harness/campaign.ts';
import { type ClientProxy, createClientProxy } from '../harness/client-proxy.ts';
import { createDatabaseProxy, type DatabaseProxy } from '../harness/database-proxy.ts';
import { outcomeOf } from '../harness/outcome.ts';
import { openScene } from '../harness/scene.ts';

const CUTS = 10_000;
const CLIENT_CUTS = 5_000;
/** Of the append calls, the share that is cut: with more of them nearly everything would go by the spool. */
const SHARE = 0.3;
/** Events a second of each client: as above, little enough that the spool is soon empty again. */
const RATE = 300;
const WITHIN_BYTES = 60_000;
const TOLD_EVERY_MS = 15_000;
const STALL_MS = 120_000;

export const cutSockets: Campaign = {
  name: 'cut-sockets',
  title: 'connections cut around COMMIT, and between client and application',
  async run(context) {
    const { random, say } = context;
    const wanted = scaled(context, CUTS, 20);
    const wantedOfClients = scaled(context, CLIENT_CUTS, 10);
    let database: DatabaseProxy | undefined;
    let front: ClientProxy | undefined;
    const scene = await openScene(context, {
      database: 'given',
      async betweenDatabase(url) {
        database = await createDatabaseProxy(url, random.fork('database'));
        return database.url;
      },
      async betweenClients(port) {
        front = await createClientProxy(port, random.fork('clients'));
        return front.port;
      },
    });
    let keep = true;
    try {
      if (!database || !front) throw new Error('the proxies are not there');
      const [behind, before] = [database, front];
      const done = () => behind.cuts.call + behind.cuts.commit + behind.cuts.answer;
      const doneOfClients = () => before.cuts.request + before.cuts.answer;
      await scene.send({ lanes: 12, maxBatch: 4, singles: 9, rate: RATE }, 2);
      behind.cutShare(SHARE);
      before.cutWithin(WITHIN_BYTES);
      let toldAt = performance.now();
      let [last, changedAt] = [0, performance.now()];
      while (done() < wanted || doneOfClients() < wantedOfClients) {
        await sleep(20);
        if (scene.app.accident) throw new Error(scene.app.accident);
        if (doneOfClients() >= wantedOfClients) before.cutWithin(undefined);
        if (done() >= wanted) behind.cutShare(0);
        const now = performance.now();
        const all = done() + doneOfClients();
        if (all !== last) [last, changedAt] = [all, now];
        if (now - changedAt > STALL_MS) throw new Error(`no connection could be cut for ${STALL_MS} ms`);
        if (now - toldAt < TOLD_EVERY_MS) continue;
        toldAt = now;
        say(`${done()} of ${wanted} cuts, ${doneOfClients()} of clients, ${await scene.acknowledged()} acknowledged`);
      }
      behind.cutShare(0);
      before.cutWithin(undefined);
      const { call, commit, answer } = behind.cuts;
      const faults = {
        'cuts in the append call': call,
        'after it': commit,
        'in its answer': answer,
        'in requests of clients': before.cuts.request,
        'in answers to them': before.cuts.answer,
      };
      const outcome = outcomeOf(await scene.conclude(), faults);
      keep = outcome.failures.length > 0;
      return outcome;
    } finally {
      await scene.close(keep);
      await database?.close();
      await front?.close();
    }
  },
};
