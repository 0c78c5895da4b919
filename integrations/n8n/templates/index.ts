/** Every workflow, by the name of its file. */
import { calendlyBooked } from './calendly-booked.ts';
import { delivery } from './delivery.ts';
import { kajabiScheduler } from './kajabi-scheduler.ts';
import { replyHandler } from './reply-handler.ts';
import { retryQueueDrain } from './retry-queue-drain.ts';
import { DEFAULTS, type Settings } from './settings.ts';
import type { N8nWorkflow } from './workflow.ts';

/** File name → workflow; `changed` replaces defaults of the settings. */
export function buildWorkflows(changed: Partial<Settings> = {}): ReadonlyMap<string, N8nWorkflow> {
  const settings = { ...DEFAULTS, ...changed };
  const workflows = [kajabiScheduler, calendlyBooked, replyHandler, delivery, retryQueueDrain];
  return new Map(
    workflows.map((build) => {
      const workflow = build(settings);
      return [`${workflow.name.replaceAll(' ', '-')}.json`, workflow];
    }),
  );
}

/** The text of a file. */
export function toFile(workflow: N8nWorkflow): string {
  return `${JSON.stringify(workflow, null, 2)}\n`;
}
