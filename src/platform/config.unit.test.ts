import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, type Environment, loadConfig, loadTestDatabaseUrl } from './config.ts';

function issuesOf(env: Environment) {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
  return [];
}

test('an empty environment is a working configuration, on loopback and with demo data', () => {
  expect(loadConfig({})).toEqual({
    port: 3000,
    host: '127.0.0.1',
    dataDir: resolve('.data'),
    databaseUrl: undefined,
    internalApiKey: undefined,
    adminEmail: 'admin@historybook.local',
    adminPassword: undefined,
    demoData: true,
    logLevel: 'info',
    spoolMaxBytes: 2 ** 30,
    spoolMaxAgeMs: 7 * 24 * 3_600_000,
    encryptionKey: undefined,
    alertsAllowPrivate: false,
    publicUrl: undefined,
    logRequests: undefined,
    metricsToken: undefined,
    otlpEndpoint: undefined,
  });
});

test('every variable is read', () => {
  const config = loadConfig({
    PORT: '8080',
    HOST: '0.0.0.0',
    DATA_DIR: '/srv/historybook',
    DATABASE_URL: 'postgres://app:pass@db.internal:5432/crm?sslmode=require',
    INTERNAL_API_KEY: 'a-key-of-the-team-0001',
    ADMIN_EMAIL: 'ops@example.com',
    ADMIN_PASSWORD: 'correct horse',
    LOG_LEVEL: 'debug',
    SPOOL_MAX_MB: '64',
    SPOOL_MAX_HOURS: '12',
    ENCRYPTION_KEY: 'a-key-that-is-long-enough-to-be-one',
    ALERTS_ALLOW_PRIVATE: 'on',
    PUBLIC_URL: 'https://History.example.com/',
    LOG_REQUESTS: 'on',
    METRICS_TOKEN: 'a-token-for-those-who-scrape',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
  });
  expect(config).toEqual({
    port: 8080,
    host: '0.0.0.0',
    dataDir: '/srv/historybook',
    databaseUrl: 'postgres://app:pass@db.internal:5432/crm?sslmode=require',
    internalApiKey: 'a-key-of-the-team-0001',
    adminEmail: 'ops@example.com',
    adminPassword: 'correct horse',
    demoData: false,
    logLevel: 'debug',
    spoolMaxBytes: 64 * 2 ** 20,
    spoolMaxAgeMs: 12 * 3_600_000,
    encryptionKey: 'a-key-that-is-long-enough-to-be-one',
    alertsAllowPrivate: true,
    publicUrl: 'https://history.example.com',
    logRequests: true,
    metricsToken: 'a-token-for-those-who-scrape',
    otlpEndpoint: 'http://127.0.0.1:4318',
  });
});

test('an empty value counts as not given', () => {
  const blank = { PORT: '', DATABASE_URL: ' ', DEMO_DATA: '', ADMIN_PASSWORD: '' };
  expect(loadConfig(blank)).toEqual(loadConfig({}));
});

describe('a wrong value is named with what would be right', () => {
  test.each([
    ['PORT', '3000x'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '0x10'],
    ['HOST', 'http://localhost'],
    ['HOST', 'two words'],
    ['ADMIN_EMAIL', 'nobody'],
    ['ALERTS_ALLOW_PRIVATE', 'yes'],
    ['DEMO_DATA', 'yes'],
    ['LOG_LEVEL', 'loud'],
    ['PUBLIC_URL', 'history.example.com'],
    ['PUBLIC_URL', 'https://example.com/app'],
    ['PUBLIC_URL', 'ftp://example.com'],
    ['LOG_REQUESTS', 'yes'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
  ])('%s=%s', (variable, given) => {
    const [issue, ...others] = issuesOf({ [variable]: given });
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ variable, given });
    expect(issue?.expected.length).toBeGreaterThan(5);
  });
});

describe('a wrong secret is named but not repeated', () => {
  test.each([
    ['DATABASE_URL', 'mysql://root:hunter22@db/crm'],
    ['DATABASE_URL', 'postgres://root:hunter22@db'],
    ['DATABASE_URL', 'hunter22'],
    ['INTERNAL_API_KEY', 'hunter22'],
    ['INTERNAL_API_KEY', 'hunter22 with spaces in it'],
    ['ADMIN_PASSWORD', 'hunter2'],
    ['METRICS_TOKEN', 'hunter22'],
  ])('%s', (variable, given) => {
    const issues = issuesOf({ [variable]: given });
    expect(issues).toEqual([{ variable, given: undefined, expected: expect.any(String) }]);
    expect(new ConfigError(issues).message).not.toContain('hunter2');
  });
});

test('all wrong values are reported together', () => {
  const error = new ConfigError(issuesOf({ PORT: 'x', LOG_LEVEL: 'loud', ADMIN_EMAIL: 'me' }));
  expect(error.issues.map(({ variable }) => variable)).toEqual(['PORT', 'ADMIN_EMAIL', 'LOG_LEVEL']);
  expect(error.message).toContain('PORT: must be a whole number from 0 to 65535 (given: "x")');
  expect(error.exitCode).toBe(78);
});

test('demo data are refused for a given database, not left out silently', () => {
  const env = { DATABASE_URL: 'postgres://app@db/crm', DEMO_DATA: 'on' };
  expect(issuesOf(env)).toMatchObject([{ variable: 'DEMO_DATA', given: 'on' }]);
  expect(loadConfig({ ...env, DEMO_DATA: 'off' }).demoData).toBe(false);
});

test('the tests use TEST_DATABASE_URL before DATABASE_URL, and their own server without either', () => {
  const TEST_DATABASE_URL = 'postgres://app@tests/crm';
  const DATABASE_URL = 'postgres://app@db/crm';
  expect(loadTestDatabaseUrl({ TEST_DATABASE_URL, DATABASE_URL })).toBe(TEST_DATABASE_URL);
  expect(loadTestDatabaseUrl({ DATABASE_URL })).toBe(DATABASE_URL);
  expect(loadTestDatabaseUrl({})).toBeUndefined();
  expect(() => loadTestDatabaseUrl({ TEST_DATABASE_URL: 'nonsense' })).toThrow(ConfigError);
});
