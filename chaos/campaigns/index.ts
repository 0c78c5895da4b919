import type { Campaign } from '../harness/campaign.ts';
import { badRequests } from './bad-requests.ts';
import { clock } from './clock.ts';
import { cutSockets } from './cut-sockets.ts';
import { disk } from './disk.ts';
import { killApp } from './kill-app.ts';
import { killPostgres } from './kill-postgres.ts';
import { outage } from './outage.ts';
import { spoolBytes } from './spool-bytes.ts';

/** In the order in which they are run. */
export const CAMPAIGNS: readonly Campaign[] = [
  killApp,
  killPostgres,
  cutSockets,
  outage,
  disk,
  spoolBytes,
  clock,
  badRequests,
];
