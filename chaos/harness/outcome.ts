import type { ClientStats } from '../actors/client.ts';
import type { Outcome } from './campaign.ts';
import type { Conclusion } from './scene.ts';

/** The outcome of a scene, with what the clients saw of the faults. */
export function outcomeOf(
  { check, clients, drainMs, failures }: Conclusion,
  faults: Outcome['faults'],
  measures: Outcome['measures'] = {},
): Outcome {
  const total = (of: (stats: ClientStats) => number) => clients.reduce((sum, stats) => sum + of(stats), 0);
  const status = (name: string) => total(({ receipts }) => receipts[name] ?? 0);
  return {
    faults,
    check,
    failures,
    measures: {
      'answered stored': status('stored'),
      'answered duplicate': status('duplicate'),
      'answered spooled': status('spooled'),
      'requests without an answer': total(({ cutOff }) => cutOff),
      'answered 429 or 503': total(({ later }) => Object.values(later).reduce((sum, count) => sum + count, 0)),
      'spool empty after the load, ms': Math.round(drainMs),
      ...measures,
    },
  };
}
