import type { AlertKind } from '#domain/alert.ts';
import { watchAlertDelivery } from './alert-delivery.ts';
import { watchFailedLogins } from './failed-logins.ts';
import { watchPersistentFailures } from './persistent-failures.ts';
import { watchQuarantineGrowth } from './quarantine-growth.ts';
import { watchSourceSilent } from './source-silent.ts';
import { watchSpoolInUse } from './spool-in-use.ts';
import { watchUndelivered } from './undelivered.ts';
import type { Watch } from './watch.ts';

export type { Finding, Watch, WatchContext } from './watch.ts';

/** What looks, for each kind of rule. */
export const WATCHES: Readonly<Record<AlertKind, Watch>> = {
  'persistent-failures': watchPersistentFailures,
  'quarantine-growth': watchQuarantineGrowth,
  'spool-in-use': watchSpoolInUse,
  // Whoever asks the database about it gets no answer while it lasts: outage-watch.ts does it without.
  'database-away': async () => 'undecided',
  'source-silent': watchSourceSilent,
  undelivered: watchUndelivered,
  'failed-logins': watchFailedLogins,
  'alert-delivery': watchAlertDelivery,
};
