/**
 * The demo: two workspaces full of made-up history for an empty database (ensure.ts), and lifelike traffic about them
 * through the real REST interface (player.ts). Everything made up comes from a seed. May import domain and platform.
 */
import type pg from 'pg';
import { AppError } from '#domain/errors.ts';
import type { Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import type { Months } from '#platform/db/months.ts';
import type { PrismaClient } from '#platform/db/prisma.ts';
import type { Signals } from '#platform/db/signal.ts';
import type { Wake } from '#platform/db/wake.ts';
import type { Logger } from '#platform/log.ts';
import { createService, type Service } from '#platform/service.ts';
import { ensureDemo } from './ensure.ts';
import { createPlayer, type PlayerStatus } from './player.ts';
import { createRestClient } from './rest-client.ts';

export type { PlayerStatus } from './player.ts';

export interface DemoControl {
  /** Fills an empty database. A failure is logged and stops nobody: the demo is no part of the work. */
  ensure(): Promise<void>;
  /** The demo workspace that examples and traffic are about, and a lead of it; undefined when there is none. */
  workspaceForExamples(): Promise<ExampleWorkspace | undefined>;
  /** Where this server answers; known once it listens. */
  reachableAt(url: string): void;
  /**
   * Plays live traffic in a demo workspace for some minutes, in the background; in one workspace at a time.
   * @throws AppError CONFLICT for any other workspace
   */
  play(request: PlayRequest): Promise<PlayerStatus>;
  stopPlaying(): Promise<PlayerStatus>;
  status(): PlayerStatus;
}

export interface ExampleWorkspace {
  readonly id: string;
  readonly name: string;
  readonly leadAirtableId: string;
}

export interface PlayRequest {
  readonly workspaceId: string;
  readonly minutes: number;
  /** 2 when not given. */
  readonly ratePerSecond?: number;
}

export interface DemoControlDeps {
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  readonly months: Months;
  readonly wake: Wake;
  readonly signals: Pick<Signals, 'publish' | 'deliver'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: Pick<Config, 'port'>;
  /** A key that may act in every workspace. */
  readonly serviceKey: string;
}

/** As a service its stop() ends the traffic. */
export function createDemoControl(deps: DemoControlDeps): DemoControl & Service {
  const { prisma, clock, log, serviceKey } = deps;
  let url = `http://127.0.0.1:${deps.config.port}`;
  let workspaceId = '';
  const player = createPlayer({ client: () => createRestClient({ url, serviceKey, workspaceId }), clock });
  const service = createService({ name: 'demo', start: () => async () => void (await player.stop()) });

  const findWorkspace = async (id?: string): Promise<ExampleWorkspace | undefined> => {
    const workspace = await prisma.workspace.findFirst({
      where: { isDemo: true, ...(id !== undefined && { id }) },
      orderBy: { id: 'asc' },
      select: {
        id: true,
        name: true,
        leads: {
          where: { airtableRecordId: { not: null }, archivedAt: null },
          orderBy: { lastActivityAt: { sort: 'desc', nulls: 'last' } },
          select: { airtableRecordId: true },
          take: 1,
        },
      },
    });
    const leadAirtableId = workspace?.leads[0]?.airtableRecordId;
    return workspace && leadAirtableId ? { id: workspace.id, name: workspace.name, leadAirtableId } : undefined;
  };

  return {
    name: service.name,
    start: service.start,
    stop: service.stop,
    async ensure() {
      await ensureDemo(deps).catch((error: unknown) => log.error({ err: error }, 'the demo could not be made'));
    },
    workspaceForExamples: () => findWorkspace(),
    reachableAt(address) {
      url = address;
    },
    async play({ minutes, ratePerSecond = 2, ...request }) {
      const workspace = await findWorkspace(request.workspaceId);
      if (!workspace) throw new AppError('CONFLICT', { message: 'Live traffic plays in a demo workspace only.' });
      if (workspaceId !== workspace.id) await player.stop();
      workspaceId = workspace.id;
      return player.play({ ratePerSecond, durationMs: minutes * 60_000 });
    },
    stopPlaying: () => player.stop(),
    status: () => player.status(),
  };
}
