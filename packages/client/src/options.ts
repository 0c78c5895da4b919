import type { ErrorReport, RejectedReport } from './reports.ts';
import type { SpoolFiles } from './spool/files.ts';

/** Another destination whose waiting events belong to this client too. What is not given is as in the client's own. */
export interface FormerDestination {
  readonly url?: string;
  readonly apiKey?: string;
  readonly workspaceId?: string;
}

export interface HistorybookOptions {
  /** Where Historybook answers, such as `https://history.example.com`; a path before /api is kept. */
  readonly url: string;
  /** A service key with the scope `activity:write`. */
  readonly apiKey: string;
  /** What the events say about where they come from, unless they say so themselves. */
  readonly source: string;
  /** The workspace to log to, for keys that may enter several. Also tells the spools of workspaces apart. */
  readonly workspaceId?: string | undefined;
  /**
   * A folder in which events wait until they are acknowledged, also across crashes and restarts of your program. Several
   * processes may share it. Without one events wait in memory, and go with the process.
   */
  readonly spoolDir?: string | undefined;
  /** After the server moved or, without `workspaceId`, the key was exchanged: whose waiting events to take over. */
  readonly adoptFrom?: readonly FormerDestination[] | undefined;
  /** A batch leaves when it has so many events (1 to 1,000), … 500 */
  readonly batchEvents?: number | undefined;
  /** … or so many bytes, … 1 MiB */
  readonly batchBytes?: number | undefined;
  /** … or when its first event has waited so long, in milliseconds. 200 */
  readonly lingerMs?: number | undefined;
  /** For one request with its answer, in milliseconds. 15,000 */
  readonly timeoutMs?: number | undefined;
  /** The most that is held in memory, in bytes of JSON. 16 MiB */
  readonly maxMemoryBytes?: number | undefined;
  /** The most that waits in the spool, in bytes. 256 MiB */
  readonly maxSpoolBytes?: number | undefined;
  /** The spool takes nothing more when something has waited in it for so long, in milliseconds. 7 days */
  readonly maxSpoolAgeMs?: number | undefined;
  /** How long flush(), close() and the end of the process wait for the server, in milliseconds. 5,000 */
  readonly flushTimeoutMs?: number | undefined;
  /**
   * Signals on which waiting events are sent before the process ends. Your own handlers stay in charge: the client ends the
   * process only where nobody else listens to the signal. None
   */
  readonly flushOnSignals?: readonly ('SIGTERM' | 'SIGINT' | 'SIGHUP')[] | undefined;
  /** Told of events that were refused for good, at most 20 in 10 seconds. When not given: a process warning. */
  readonly onRejected?: ((report: RejectedReport) => void) | undefined;
  /** Told of what goes wrong, of each kind once in 10 seconds. When not given: a process warning. */
  readonly onError?: ((report: ErrorReport) => void) | undefined;
  /** In place of the global fetch: for proxies and tests. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** In place of the disk: for tests. */
  readonly files?: SpoolFiles | undefined;
}

/** The options with everything said. */
export type Settings = {
  readonly [Name in Exclude<keyof HistorybookOptions, Unset>]: Exclude<HistorybookOptions[Name], undefined>;
} & { readonly [Name in Unset]: HistorybookOptions[Name] | undefined };
type Unset = 'workspaceId' | 'spoolDir' | 'onRejected' | 'onError' | 'fetch' | 'files';

const MIB = 2 ** 20;
const DEFAULTS = {
  batchEvents: 500,
  batchBytes: MIB,
  lingerMs: 200,
  timeoutMs: 15_000,
  maxMemoryBytes: 16 * MIB,
  maxSpoolBytes: 256 * MIB,
  maxSpoolAgeMs: 7 * 24 * 3_600_000,
  flushTimeoutMs: 5_000,
} as const;

/** What the server takes in one call. */
const MOST = { batchEvents: 1_000, batchBytes: 32 * MIB } as const;

/** @throws TypeError naming the option that can never work; never repeats the key */
export function settingsOf(options: HistorybookOptions): Settings {
  const { adoptFrom = [], flushOnSignals = [], workspaceId, spoolDir, onRejected, onError, fetch, files } = options;
  return {
    ...{ workspaceId, spoolDir, onRejected, onError, fetch, files, adoptFrom, flushOnSignals },
    url: urlOf(options.url),
    apiKey: apiKeyOf(options.apiKey),
    source: textOf('source', options.source),
    batchEvents: numberOf(options, 'batchEvents', 1, MOST.batchEvents),
    batchBytes: numberOf(options, 'batchBytes', 1, MOST.batchBytes),
    lingerMs: numberOf(options, 'lingerMs', 0),
    timeoutMs: numberOf(options, 'timeoutMs', 1),
    maxMemoryBytes: numberOf(options, 'maxMemoryBytes', 1),
    maxSpoolBytes: numberOf(options, 'maxSpoolBytes', 1),
    maxSpoolAgeMs: numberOf(options, 'maxSpoolAgeMs', 1),
    flushTimeoutMs: numberOf(options, 'flushTimeoutMs', 0),
  };
}

/** The address without a slash at its end. @throws TypeError */
export function urlOf(url: unknown): string {
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol)) {
    throw new TypeError('url must be an address such as https://history.example.com');
  }
  if (parsed.username !== '' || parsed.password !== '') throw new TypeError('url must not hold a name or a password');
  if (parsed.search !== '' || parsed.hash !== '') throw new TypeError('url must not have a query or a fragment');
  return parsed.origin + parsed.pathname.replace(/\/+$/, '');
}

/** @throws TypeError for what no HTTP header can carry: fetch would repeat it in its error */
export function apiKeyOf(apiKey: unknown): string {
  if (typeof apiKey === 'string' && /^[\x21-\x7e]+$/.test(apiKey)) return apiKey;
  throw new TypeError('apiKey must be a service key: visible ASCII characters without spaces');
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new TypeError(`${name} must be given`);
}

function numberOf(options: HistorybookOptions, name: keyof typeof DEFAULTS, least: number, most = Infinity): number {
  const value = options[name] ?? DEFAULTS[name];
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw new TypeError(`${name} must be a number from ${least}${most === Infinity ? '' : ` to ${most}`}`);
}
