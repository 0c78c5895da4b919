import { defineConfig } from '@playwright/test';
import { findChromium } from './scripts/find-chromium.mjs';

/** A real Chromium in headless mode that talks to nobody but our server. */
const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.e2e.ts',
  outputDir: 'test-results',
  globalSetup: './e2e/fixtures/global-setup.ts',
  // The browsers share two cores with the server and its database.
  workers: 2,
  forbidOnly: process.env.CI !== undefined,
  // Far above what they take: each waits for signals, and how fast those come depends on the machine.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  // What passes at the second try is reported as flaky; what fails twice fails.
  retries: 1,
  reporter: 'list',
  use: {
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1360, height: 860 },
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: findChromium(), args: CHROMIUM_ARGS },
  },
});
