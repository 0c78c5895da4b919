import { systemClock } from '#platform/clock.ts';
import { createMetrics } from '#platform/metrics.ts';
import { tracingOff } from '#platform/tracing.ts';

/** What every procedure is counted and timed with. */
export const observed = { clock: systemClock, metrics: createMetrics(), tracing: tracingOff };
