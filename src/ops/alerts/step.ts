import type { AlertSeverity } from '#domain/alert.ts';

/**
 * The life of one alert: one rule, one subject.
 *
 *   (none) ──seen──▶ open ──not seen for CALM_MS──▶ resolved
 *                     │ ▲
 *        not seen     ▼ │ seen again
 *                   calming
 *
 * Its channels are told when it opens, when it becomes more severe, now and then while nobody has acknowledged it, and
 * when it is resolved, if they were told that it was open. In a quiet time, and while it is muted, nothing is told: what
 * is still open afterwards is told then, what is resolved by then never was worth a message.
 */
const CALM_MS = 120_000;

/** What is kept of an open alert. */
export interface Standing {
  readonly severity: AlertSeverity;
  readonly calmSince: Date | null;
  /** When channels were told last, and of which severity; null when they were not. */
  readonly notifiedAt: Date | null;
  readonly notifiedSeverity: AlertSeverity | null;
  readonly acknowledgedAt: Date | null;
}

export interface Circumstances {
  readonly now: Date;
  /** When the quiet time ends, if it is one. */
  readonly quietUntil: Date | undefined;
  readonly quietHoldsCritical: boolean;
  readonly isMuted: boolean;
  /** 0: no reminders. */
  readonly remindMs: number;
}

export type Step =
  /** Nothing stands, nothing is to be done. */
  | { readonly to: 'none' }
  | { readonly to: 'open'; readonly tell: 'opened' | 'reminder' | undefined }
  /** Open still, though nothing of it is seen any more. */
  | { readonly to: 'calming'; readonly calmSince: Date }
  /** `tell` is not before `tellAt`. */
  | { readonly to: 'resolved'; readonly tell: 'resolved' | undefined; readonly tellAt: Date };

/** What becomes of an alert, by what stands and by what is seen now: its severity, or undefined for nothing. */
export function step(standing: Standing | undefined, seen: AlertSeverity | undefined, by: Circumstances): Step {
  if (seen !== undefined) return { to: 'open', tell: mayTell(seen, by) ? whatToTell(standing, seen, by) : undefined };
  if (standing === undefined) return { to: 'none' };
  const calmSince = standing.calmSince ?? by.now;
  if (by.now.getTime() - calmSince.getTime() < CALM_MS) return { to: 'calming', calmSince };
  const wasTold = standing.notifiedAt !== null && !by.isMuted;
  const tellAt = mayTell(standing.severity, by) ? by.now : (by.quietUntil ?? by.now);
  return { to: 'resolved', tell: wasTold ? 'resolved' : undefined, tellAt };
}

function mayTell(severity: AlertSeverity, { quietUntil, quietHoldsCritical, isMuted }: Circumstances): boolean {
  const isQuiet = quietUntil !== undefined && (severity !== 'critical' || quietHoldsCritical);
  return !isQuiet && !isMuted;
}

function whatToTell(
  standing: Standing | undefined,
  seen: AlertSeverity,
  { now, remindMs }: Circumstances,
): 'opened' | 'reminder' | undefined {
  if (!standing?.notifiedAt) return standing?.acknowledgedAt ? undefined : 'opened';
  if (seen === 'critical' && standing.notifiedSeverity === 'warning') return 'opened';
  if (standing.acknowledgedAt || remindMs === 0) return undefined;
  return now.getTime() - standing.notifiedAt.getTime() >= remindMs ? 'reminder' : undefined;
}
