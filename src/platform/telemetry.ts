import type { RequestLog } from './request-log.ts';
import type { Tracing } from './tracing.ts';

/** What a process tells of the requests it answers, beside its log and its metrics. */
export interface Telemetry {
  readonly requestLog: RequestLog;
  readonly tracing: Tracing;
}
