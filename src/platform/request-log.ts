import { pino } from 'pino';
import type { LogLevel } from './config.ts';

/** One answered request. Nothing of its body or its query string, and of its address the pattern alone. */
export interface RequestEntry {
  readonly requestId: string;
  readonly method: string;
  readonly route: string;
  /** 499 when the caller went away before there was an answer. */
  readonly status: number;
  readonly durationMs: number;
  readonly caller: 'user' | 'key' | 'nobody';
  readonly workspaceId: string | undefined;
  /** A probe or a file of the pages: of interest only to who looks for it. */
  readonly isMinor: boolean;
}

/**
 * A line of JSON for each request, among the other lines of the log. They are gathered and written several at a time: a
 * write of its own would cost as much as logging an event does. The last quarter of a second goes with a process that is
 * killed; the log of what went wrong (log.ts) is written at once.
 */
export interface RequestLog {
  write(entry: RequestEntry): void;
}

export interface RequestLogOptions {
  readonly level: LogLevel;
  /** Where lines go, at once; gathered and on the standard output when not given. */
  readonly destination?: { write(line: string): unknown };
}

const RANK: Readonly<Record<LogLevel, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
  silent: 99,
};
const GATHERED_BYTES = 12 * 1024;
const GATHERED_MS = 250;
/** What waits for an output that takes nothing is dropped beyond this. */
const MAX_BYTES = 16 * 1024 * 1024;

export function createRequestLog({ level, destination }: RequestLogOptions): RequestLog {
  const lowest = RANK[level];
  const out = destination ?? gathering();
  return {
    write(entry) {
      const own = entry.status >= 500 ? 'warn' : entry.isMinor ? 'debug' : 'info';
      if (RANK[own] >= lowest) out.write(lineOf(own, entry));
    },
  };
}

/** A request log that says nothing. */
export const silentRequestLog: RequestLog = { write: () => undefined };

function lineOf(
  level: string,
  { requestId, method, route, status, durationMs, caller, workspaceId }: RequestEntry,
): string {
  const time = new Date().toISOString();
  const workspace = workspaceId === undefined ? '' : `,"workspaceId":"${workspaceId}"`;
  // By hand, because it is written for every event: only the route can hold what JSON has to escape.
  return `{"level":"${level}","time":"${time}","requestId":"${requestId}","method":"${method}","route":${JSON.stringify(route)},"status":${status},"durationMs":${durationMs.toFixed(1)},"caller":"${caller}"${workspace},"msg":"request"}\n`;
}

function gathering() {
  const out = pino.destination({ dest: 1, sync: false, minLength: GATHERED_BYTES, maxLength: MAX_BYTES });
  // A reader that went away takes no lines, and must not end the process.
  out.on('error', () => undefined);
  setInterval(() => out.flush(), GATHERED_MS).unref();
  process.once('exit', () => {
    try {
      out.flushSync();
    } catch {
      // Nobody reads the output any more.
    }
  });
  return out;
}
