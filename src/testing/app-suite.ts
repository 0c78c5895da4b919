import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, onTestFinished } from 'vitest';
import { findHome } from '#platform/embedded/home.ts';
import { removeEmbeddedData } from '#platform/embedded/postgres.ts';
import { findServer, type RunningServer } from '#platform/embedded/server-process.ts';
import { type AppProcess, type AppProcessOptions, freshDataDir, launchApp, ROOT, SERVICE_KEY } from './app-process.ts';
import { exampleEvent } from './example-event.ts';

/** Only against what hangs: on a busy machine it takes minutes. */
const BUILD_MS = 1_200_000;
/** A start builds the pages when their sources have changed. Done before: no test waits for it, nor for that of another suite. */
beforeAll(() => promisify(execFile)(process.execPath, ['src/cli/build.ts'], { cwd: ROOT }), BUILD_MS);

/** An address for data of its own; they go, and a server that is left on them too, with the test. */
export function testDataDir(): string {
  const dataDir = freshDataDir('process');
  onTestFinished(() => removeEmbeddedData(dataDir));
  return dataDir;
}

/** The application in a process of its own, which ends with the test. */
export function testApp(options: AppProcessOptions): AppProcess {
  const app = launchApp(options);
  onTestFinished(async () => {
    await app.stop('SIGKILL');
  });
  return app;
}

/** The embedded database server of a DATA_DIR, if one runs. */
export function serverOf(dataDir: string): RunningServer | undefined {
  const home = existsSync(dataDir) ? findHome(dataDir) : undefined;
  return home && findServer(home.cluster);
}

/** Logs an event over REST; resolves with its id once it is acknowledged. */
export async function logEvent(url: string, description: string): Promise<string> {
  const answer = await fetch(`${url}/api/internal/log-activity`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': SERVICE_KEY },
    body: JSON.stringify(exampleEvent(description)),
  });
  const body: { activityId?: string } = await answer.json();
  if (answer.status !== 201 || body.activityId === undefined) {
    throw new Error(`answered ${answer.status}: ${JSON.stringify(body)}`);
  }
  return body.activityId;
}

/** The descriptions of the newest activities in the book, newest first, as the REST interface reads them. */
export async function readDescriptions(url: string): Promise<string[]> {
  const answer = await fetch(`${url}/api/admin/activity-logs?limit=200`, { headers: { 'x-api-key': SERVICE_KEY } });
  const body: { activities: { description: string }[] } = await answer.json();
  return body.activities.map(({ description }) => description);
}
