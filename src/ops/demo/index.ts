// INTERIM by the lead developer so that the application boots; the demo developer replaces the bodies (keep the interface).
import type { Pool } from 'pg';
import type { Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import type { Months } from '#platform/db/months.ts';
import type { PrismaClient } from '#platform/db/prisma.ts';
import type { Wake } from '#platform/db/wake.ts';
import type { Logger } from '#platform/log.ts';
import { createService, type Service } from '#platform/service.ts';

export interface DemoDeps {
  readonly pool: Pool;
  readonly prisma: PrismaClient;
  readonly months: Months;
  readonly wake: Wake;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: Config;
  /** The bootstrap key, with which the player posts over HTTP. */
  readonly serviceKey: string;
}

export interface DemoStatus {
  readonly isPlaying: boolean;
  /** ISO 8601; null when nothing plays. */
  readonly endsAt: string | null;
}

export interface DemoControl extends Service {
  /** Makes the demo workspaces when the database is empty of leads and none was removed before. */
  ensure(): Promise<void>;
  /** A demo workspace and one of its leads, for the curl line printed at the start; undefined without demo data. */
  workspaceForExamples(): Promise<{ id: string; name: string; leadAirtableId: string } | undefined>;
  /** Plays live traffic in one demo workspace through the REST bridge of this server; CONFLICT if it plays already or the workspace is no demo. */
  play(options: { workspaceId: string; minutes: number }): Promise<DemoStatus>;
  stopPlaying(): Promise<DemoStatus>;
  status(): DemoStatus;
}

export function createDemoControl(deps: DemoDeps): DemoControl {
  void deps;
  const service = createService({ name: 'demo', start: () => undefined });
  const status = { isPlaying: false, endsAt: null };
  return {
    name: service.name,
    start: service.start,
    stop: service.stop,
    ensure: async () => undefined,
    workspaceForExamples: async () => undefined,
    play: async () => status,
    stopPlaying: async () => status,
    status: () => status,
  };
}
