import { reasonOf } from './prepare.ts';

/** What can go wrong on the way. */
export type ErrorCode =
  /** The server cannot be reached, or says that it cannot just now; it is tried again. */
  | 'UNAVAILABLE'
  /** The server will not take anything as things are (key, workspace, address); tried again at long intervals. */
  | 'PAUSED'
  /** The spool does not take events; they wait in memory. */
  | 'SPOOL_FAILED'
  | 'SPOOL_FULL'
  /** Part of the spool could not be read, and was set aside. */
  | 'SPOOL_DAMAGED'
  /** There are events in the spool folder for another destination. */
  | 'SPOOL_FOREIGN'
  /** Events were given up for want of room, or because the client was closed. */
  | 'DROPPED'
  /** The process ended with events that were only in memory. */
  | 'LOST_AT_EXIT';

export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  /** How many of the same code were not reported since the last one. */
  readonly suppressed: number;
}

/** An event that was refused for good. */
export interface RejectedReport {
  /** Why, in the words of the server. */
  readonly reason: string;
  /** A code of the server's, or UNSENDABLE for what could not even be sent. */
  readonly code: string;
  /** What was wrong with which field. */
  readonly issues: readonly { readonly path: string; readonly message: string }[];
  /** Where the server keeps it, to be corrected and replayed. */
  readonly quarantineId: string | undefined;
  /** The file in which the client keeps it when the server does not. */
  readonly keptIn: string | undefined;
  /** The event, as JSON it was sent as; undefined when it could not be made. */
  readonly event: unknown;
  /** How many rejections were not reported since the last one. */
  readonly suppressed: number;
}

export interface Reports {
  error(code: ErrorCode, message: string): void;
  rejected(report: Omit<RejectedReport, 'suppressed'>): void;
  /** The text without the key. */
  clean(text: string): string;
  /** From now on warnings are written at once: the process is about to end. */
  atExit(): void;
}

export interface ReportsDeps {
  readonly onError: ((report: ErrorReport) => void) | undefined;
  readonly onRejected: ((report: RejectedReport) => void) | undefined;
  /** Never appears in a report. */
  readonly secret: () => string;
  readonly now: () => number;
}

const WINDOW_MS = 10_000;
const REJECTIONS_A_WINDOW = 20;

/** Tells the program what happens to its events, seldom enough not to become a load itself. */
export function createReports({ onError = warn, onRejected, secret, now }: ReportsDeps): Reports {
  const gates = new Map<string, Gate>();
  let isExiting = false;
  const pass = (name: string, most: number): number | undefined => {
    const gate = gates.get(name) ?? createGate(most, now);
    gates.set(name, gate);
    return gate.pass();
  };
  const clean = (text: string) => text.replaceAll(secret(), '[apiKey]');

  const tell = <Report>(listener: (report: Report) => unknown, report: Report) => {
    try {
      // An async listener that fails must not become an unhandled rejection.
      Promise.resolve(listener(report)).catch(() => undefined);
    } catch {
      // The program's own listener failed; there is nobody left to tell.
    }
  };

  const error: Reports['error'] = (code, message) => {
    const suppressed = pass(code, 1);
    if (suppressed === undefined) return;
    const listener = isExiting && onError === warn ? writeNow : onError;
    tell(listener, { code, message: clean(message), suppressed });
  };

  return {
    error,
    clean,
    rejected(report) {
      const suppressed = pass('rejected', REJECTIONS_A_WINDOW);
      if (suppressed === undefined) return;
      const full = { ...report, reason: clean(report.reason), suppressed };
      if (onRejected) tell(onRejected, full);
      else tell(warnOfRejected, full);
    },
    atExit() {
      isExiting = true;
    },
  };
}

interface Gate {
  /** How many were held back since the last that passed; undefined for one that is held back. */
  pass(): number | undefined;
}

function createGate(most: number, now: () => number): Gate {
  let [startedAt, passed, heldBack] = [-Infinity, 0, 0];
  return {
    pass() {
      if (now() - startedAt >= WINDOW_MS) [startedAt, passed] = [now(), 0];
      if (passed >= most) {
        heldBack += 1;
        return undefined;
      }
      const before = heldBack;
      [passed, heldBack] = [passed + 1, 0];
      return before;
    },
  };
}

function textOf({ code, message, suppressed }: ErrorReport): string {
  return `${message}${suppressed > 0 ? ` (and ${suppressed} more)` : ''} [${code}]`;
}

function warn(report: ErrorReport): void {
  process.emitWarning(textOf(report), { type: 'HistorybookWarning' });
}

function writeNow(report: ErrorReport): void {
  process.stderr.write(`HistorybookWarning: ${textOf(report)}\n`);
}

function warnOfRejected(report: RejectedReport): void {
  const { code, reason, issues, quarantineId, keptIn, suppressed } = report;
  const details = issues.map(({ path, message }) => `${path} ${message}`).join('; ');
  const where = quarantineId ? `; in quarantine under ${quarantineId}` : keptIn ? `; kept in ${keptIn}` : '';
  const message = `an event was refused: ${reason}${details && ` (${details})`}${where}`;
  process.emitWarning(`${message}${suppressed > 0 ? ` (and ${suppressed} more)` : ''} [${code}]`, {
    type: 'HistorybookWarning',
  });
}

/** The message of an error, with the reason behind it: fetch says only that it failed. */
export function withCause(error: unknown): string {
  const reason = reasonOf(error);
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return reason;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
  return `${reason}: ${[cause.message, code].filter(Boolean).join(' ') || cause.name}`;
}
