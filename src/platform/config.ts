import { resolve } from 'node:path';
import { z } from 'zod';

/** Everything the environment decides. Secrets are undefined when not given: `loadSecrets` then makes them. */
export interface Config {
  /** TCP port of the web server; 0 takes any free one. */
  readonly port: number;
  /** Address to listen on. Loopback unless HOST says otherwise: nobody is exposed to a network by accident. */
  readonly host: string;
  /** Absolute path of the folder for everything this installation keeps. */
  readonly dataDir: string;
  /** A PostgreSQL server of the user's own; undefined means the embedded one. */
  readonly databaseUrl: string | undefined;
  readonly internalApiKey: string | undefined;
  readonly adminEmail: string;
  readonly adminPassword: string | undefined;
  /** Fill an empty embedded database with demo workspaces. Always false with a given DATABASE_URL. */
  readonly demoData: boolean;
  readonly logLevel: LogLevel;
  /** Appends to the spool are refused when it has grown to this many bytes. */
  readonly spoolMaxBytes: number;
  /** The same when something has waited in it for so long, in milliseconds. */
  readonly spoolMaxAgeMs: number;
  /** Encrypts secrets in the database. Processes on several machines that share one have to be given the same. */
  readonly encryptionKey: string | undefined;
  /** Alerts may also be sent to http: and to addresses of private networks. */
  readonly alertsAllowPrivate: boolean;
  /** Origin under which browsers reach the server (behind a proxy), without a trailing slash. */
  readonly publicUrl: string | undefined;
  /** A line of log for each request; undefined leaves it to whether the output is a terminal, where somebody reads. */
  readonly logRequests: boolean | undefined;
  /** Lets a monitoring system read /metrics without a service key. */
  readonly metricsToken: string | undefined;
  /** Where traces go; undefined for no traces. */
  readonly otlpEndpoint: string | undefined;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigIssue {
  readonly variable: string;
  /** What was given; undefined when it may not be shown. */
  readonly given: string | undefined;
  /** What would be right. */
  readonly expected: string;
}

/** The environment cannot be used. The message lists every issue; a command prints it and exits with `exitCode`. */
export class ConfigError extends Error {
  readonly issues: readonly ConfigIssue[];
  /** EX_CONFIG of sysexits.h. */
  readonly exitCode = 78;
  constructor(issues: readonly ConfigIssue[]) {
    super(['The configuration is wrong:', ...issues.map(describeIssue)].join('\n'));
    this.name = 'ConfigError';
    this.issues = issues;
  }
}

function describeIssue({ variable, given, expected }: ConfigIssue): string {
  const shown = given === undefined ? 'the given value is not shown' : `given: ${JSON.stringify(given)}`;
  return `  ${variable}: must be ${expected} (${shown})`;
}

/** Variables whose value is never repeated, not even when it is wrong. */
const SECRET_VARIABLES: ReadonlySet<string> = new Set([
  'DATABASE_URL',
  'INTERNAL_API_KEY',
  'ADMIN_PASSWORD',
  'ENCRYPTION_KEY',
  'METRICS_TOKEN',
]);

const DATABASE_URL_RULE = 'an address like postgresql://user:password@host:5432/database';

function isDatabaseUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  return ['postgres:', 'postgresql:'].includes(url.protocol) && url.pathname.length > 1;
}

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const url = new URL(value);
  const bare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  return bare && ['http:', 'https:'].includes(url.protocol);
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);
}

/** A whole number above zero, with a default. */
function count(max: number, byDefault: number) {
  const isRight = (value: string) => /^\d{1,9}$/.test(value) && Number(value) >= 1 && Number(value) <= max;
  return z
    .string()
    .refine(isRight, { error: `a whole number from 1 to ${max}` })
    .transform(Number)
    .default(byDefault);
}

const environmentSchema = z.object({
  PORT: z
    .string()
    .refine((value) => /^\d{1,5}$/.test(value) && Number(value) <= 65_535, { error: 'a whole number from 0 to 65535' })
    .transform(Number)
    .default(3000),
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, { error: 'a host name or an IP address without port, like 127.0.0.1, 0.0.0.0 or ::' })
    .default('127.0.0.1'),
  DATA_DIR: z
    .string()
    .refine((value) => !value.includes('\0'), { error: 'a folder' })
    .default('.data'),
  DATABASE_URL: z.string().refine(isDatabaseUrl, { error: DATABASE_URL_RULE }).optional(),
  INTERNAL_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{16,200}$/, { error: '16 to 200 printable ASCII characters without spaces' })
    .optional(),
  ADMIN_EMAIL: z.email({ error: 'an e-mail address' }).default('admin@historybook.local'),
  ADMIN_PASSWORD: z
    .string()
    .min(8, { error: '8 to 128 characters long' })
    .max(128, { error: '8 to 128 characters long' })
    .optional(),
  DEMO_DATA: z.enum(['on', 'off'], { error: 'on or off' }).optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `one of ${LOG_LEVELS.join(', ')}` }).default('info'),
  SPOOL_MAX_MB: count(1_000_000, 1024),
  SPOOL_MAX_HOURS: count(8_760, 168),
  ENCRYPTION_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{32,200}$/, { error: '32 to 200 printable ASCII characters without spaces' })
    .optional(),
  ALERTS_ALLOW_PRIVATE: z.enum(['on', 'off'], { error: 'on or off' }).default('off'),
  PUBLIC_URL: z
    .string()
    .refine(isOrigin, { error: 'an origin like https://history.example.com, without a path' })
    .transform((value) => new URL(value).origin)
    .optional(),
  LOG_REQUESTS: z.enum(['on', 'off'], { error: 'on or off' }).optional(),
  METRICS_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{16,200}$/, { error: '16 to 200 printable ASCII characters without spaces' })
    .optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .string()
    .refine(isHttpUrl, { error: 'the address of a collector, like http://127.0.0.1:4318' })
    .optional(),
});

/**
 * Reads the configuration out of `env`; a variable that is empty counts as not given. Depends on nothing but `env` and
 * the working directory (a relative DATA_DIR starts there), and touches nothing.
 * @throws ConfigError naming every wrong variable, not only the first.
 */
export function loadConfig(env: Environment = process.env): Config {
  const parsed = environmentSchema.safeParse(withoutEmpty(env));
  const issues = parsed.success ? [] : parsed.error.issues.map((issue) => toConfigIssue(issue, env));
  if (env.DEMO_DATA === 'on' && env.DATABASE_URL) {
    const expected = 'off (or not set) with DATABASE_URL: demo data only ever goes into the embedded database';
    issues.push({ variable: 'DEMO_DATA', given: 'on', expected });
  }
  if (!parsed.success || issues.length > 0) throw new ConfigError(issues);
  const value = parsed.data;
  return {
    port: value.PORT,
    host: value.HOST,
    dataDir: resolve(value.DATA_DIR),
    databaseUrl: value.DATABASE_URL,
    internalApiKey: value.INTERNAL_API_KEY,
    adminEmail: value.ADMIN_EMAIL,
    adminPassword: value.ADMIN_PASSWORD,
    demoData: value.DATABASE_URL === undefined && value.DEMO_DATA !== 'off',
    logLevel: value.LOG_LEVEL,
    spoolMaxBytes: value.SPOOL_MAX_MB * 2 ** 20,
    spoolMaxAgeMs: value.SPOOL_MAX_HOURS * 3_600_000,
    encryptionKey: value.ENCRYPTION_KEY,
    alertsAllowPrivate: value.ALERTS_ALLOW_PRIVATE === 'on',
    publicUrl: value.PUBLIC_URL,
    logRequests: value.LOG_REQUESTS && value.LOG_REQUESTS === 'on',
    metricsToken: value.METRICS_TOKEN,
    otlpEndpoint: value.OTEL_EXPORTER_OTLP_ENDPOINT,
  };
}

/**
 * The server that integration tests are to use, from TEST_DATABASE_URL or else DATABASE_URL: its user must be allowed
 * to create databases. Undefined means that the tests bring their own.
 * @throws ConfigError when the address is not one.
 */
export function loadTestDatabaseUrl(env: Environment = process.env): string | undefined {
  const variable = env.TEST_DATABASE_URL ? 'TEST_DATABASE_URL' : 'DATABASE_URL';
  const url = env[variable] || undefined;
  if (url !== undefined && !isDatabaseUrl(url)) {
    throw new ConfigError([{ variable, given: undefined, expected: DATABASE_URL_RULE }]);
  }
  return url;
}

function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''));
}

function toConfigIssue(issue: z.core.$ZodIssue, env: Environment): ConfigIssue {
  const variable = String(issue.path[0]);
  const given = SECRET_VARIABLES.has(variable) ? undefined : env[variable];
  return { variable, given, expected: issue.message };
}
