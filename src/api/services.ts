import type { Access } from '#access/index.ts';
import type { Crm } from '#crm/index.ts';
import type { LogLeadActivity } from '#doors/lead/log-lead-activity.ts';
import type { Ingest, Quarantine } from '#ingest/index.ts';
import type { Live } from '#live/index.ts';
import type { Alerts } from '#ops/alerts/index.ts';
import type { DemoControl } from '#ops/demo/index.ts';
import type { Health } from '#ops/health/index.ts';
import type { ImportControl } from '#ops/import-control/index.ts';
import type { RetryQueue } from '#ops/retry-queue/index.ts';
import type { Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import type { TypeCatalogue } from '#platform/db/custom-types.ts';
import type { Logger } from '#platform/log.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { Telemetry } from '#platform/telemetry.ts';
import type { Queries } from '#query/index.ts';

/** Everything the interfaces stand on. Made once, in runtime/container.ts; no route or procedure makes its own. */
export interface Services extends Telemetry {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly access: Access;
  readonly types: TypeCatalogue;
  readonly ingest: Ingest;
  readonly quarantine: Quarantine;
  /** For events that code of this application tells of; changes of our own data go through crm. */
  readonly logLeadActivity: LogLeadActivity;
  readonly retryQueue: RetryQueue;
  readonly imports: ImportControl;
  readonly query: Queries;
  readonly live: Live;
  readonly crm: Crm;
  readonly demo: DemoControl;
  readonly alerts: Alerts;
  readonly health: Health;
  readonly metrics: Metrics;
}
