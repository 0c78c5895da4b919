/**
 * Alerts: rules that are evaluated twice a minute, what stands because of them, and the messages about it.
 *
 *   clock ──one process──▶ evaluate ──kinds/*──▶ findings ──step──▶ alert ──┬──▶ in the app
 *                                                                          └──▶ outbox ──deliver──▶ Slack, webhooks
 *   no database ──outage-watch──▶ the same life of an alert, on disk ──▶ Slack, webhooks
 *
 * A rule has one open alert for one subject. What cannot be sent is tried again for a day, and is an alert itself. May
 * import domain, platform and ingest.
 */
import type pg from 'pg';
import type { FallbackState } from '#ingest/index.ts';
import type { Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import { isDatabaseAway } from '#platform/db/away.ts';
import type { Logger } from '#platform/log.ts';
import type { Seal } from '#platform/seal.ts';
import { createService, type Service } from '#platform/service.ts';
import { createServiceGroup } from '#platform/service-group.ts';
import { type Channels, createChannels } from './channels.ts';
import { deliverDue } from './deliver.ts';
import { evaluate } from './evaluate.ts';
import { createLoginCounter, type FailedLogin } from './failed-logins.ts';
import { createInbox, type Inbox } from './inbox.ts';
import { createOutageMemory } from './outage-memory.ts';
import { watchOutage } from './outage-watch.ts';
import { createRounds } from './rounds.ts';
import { createRules, type Rules } from './rules.ts';
import { createSend } from './send.ts';

export type { CreatedChannel } from './channels.ts';
export type { AlertList, AlertSummary } from './inbox.ts';

export interface Alerts extends Inbox {
  readonly rules: Rules;
  readonly channels: Channels;
  /** Counts an attempt to sign in that failed. Never throws, never waits. */
  noteFailedLogin(attempt: FailedLogin): void;
  /** Evaluates every rule now; false when another process is at it. */
  evaluate(): Promise<boolean>;
  /** Sends what is due now. */
  deliver(): Promise<void>;
  /** The part that needs no database, for a process that has not reached it yet. */
  readonly outageWatch: Service;
}

export interface AlertsDeps {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: Pick<Config, 'dataDir' | 'publicUrl' | 'port' | 'alertsAllowPrivate'>;
  readonly seal: Seal;
  /** How the spool of this process is, for when the database is away; otherwise the table of processes says it. */
  readonly fallback: () => FallbackState | undefined;
  /** What this server is called, as in the table of processes. */
  readonly place: string;
  /** Says in that table how this process, and its spool, is. Rejects when the database is away. */
  readonly sayAlive: () => Promise<void>;
  /** How long a receiver may take, in milliseconds. */
  readonly timeoutMs?: number;
}

const EVERY_MS = { evaluate: 30_000, deliver: 5_000, logins: 10_000, outage: 10_000 } as const;
/** Processes give signs of life every five seconds; one may still hang on the database that was away. */
const HEAR_MS = 20_000;

export function createAlerts(deps: AlertsDeps): Alerts & Service {
  const { pool, clock, log, config, seal, fallback, place, sayAlive } = deps;
  const { dataDir, publicUrl, port, alertsAllowPrivate: allowPrivate } = config;
  const origin = publicUrl ?? (port > 0 ? `http://localhost:${port}` : undefined);
  const linkTo = (path: string) => (origin === undefined ? null : `${origin}${path}`);
  const send = createSend({ clock, allowPrivate, ...(deps.timeoutMs !== undefined && { timeoutMs: deps.timeoutMs }) });

  const logins = createLoginCounter({ pool, clock });
  const memory = createOutageMemory(dataDir, log);
  const delivering = { pool, clock, log, seal, send };
  const evaluating = { pool, clock, log, keyId: seal.keyId, linkTo };
  const watching = { pool, clock, log, seal, send, memory, fallback, place, linkTo };

  /** Does `work` again and again until it is stopped; a failure is logged and tried again. */
  const repeated = (
    name: string,
    everyMs: number,
    work: (signal: AbortSignal) => Promise<unknown>,
    end?: () => Promise<unknown>,
  ) =>
    createService({
      name,
      start() {
        const abort = new AbortController();
        const loop = async () => {
          while (!abort.signal.aborted) {
            await work(abort.signal).catch((error: unknown) => {
              log[isDatabaseAway(error) ? 'debug' : 'error']({ err: error, part: name }, 'alerts: a round failed');
            });
            await clock.sleep(everyMs, abort.signal).catch(() => undefined);
          }
          await end?.().catch((error: unknown) => log.debug({ err: error, part: name }, 'alerts: not ended well'));
        };
        const done = loop();
        return () => {
          abort.abort();
          return done;
        };
      },
    });

  const say = async () => {
    await sayAlive();
    await logins.flush();
  };
  const round = createRounds({ clock, say, evaluate: (signal) => evaluate(evaluating, signal), hearMs: HEAR_MS });
  const outageWatch = repeated('alerts of outages', EVERY_MS.outage, () => watchOutage(watching));
  const service = createServiceGroup({
    name: 'alerts',
    services: [
      repeated('failed logins', EVERY_MS.logins, logins.flush, logins.flush),
      repeated('delivery of alerts', EVERY_MS.deliver, () => deliverDue(delivering)),
      repeated('rules', EVERY_MS.evaluate, round),
      outageWatch,
    ],
  });

  return {
    name: service.name,
    start: service.start,
    stop: service.stop,
    ...createInbox({ pool, clock }),
    rules: createRules({ pool, clock }),
    channels: createChannels({ pool, clock, seal, send, allowPrivate, linkTo }),
    noteFailedLogin: logins.note,
    async evaluate() {
      await say();
      return evaluate(evaluating);
    },
    async deliver() {
      await deliverDue(delivering);
    },
    outageWatch,
  };
}
