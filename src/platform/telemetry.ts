import { type RequestLog, silentRequestLog } from './request-log.ts';
import { type Tracing, tracingOff } from './tracing.ts';

/** What a process tells of the requests it answers, beside its log and its metrics. */
export interface Telemetry {
  readonly requestLog: RequestLog;
  readonly tracing: Tracing;
}

export const quietTelemetry: Telemetry = { requestLog: silentRequestLog, tracing: tracingOff };
