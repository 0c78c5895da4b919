import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createHistorybook, type Historybook } from '../src/historybook.ts';
import type { HistorybookOptions } from '../src/options.ts';
import type { ErrorReport, RejectedReport } from '../src/reports.ts';

export interface TestClient extends Historybook {
  readonly errors: ErrorReport[];
  readonly rejections: RejectedReport[];
}

export const API_KEY = 'hb_test_secret_of_the_client';

/** A client that hurries, notes its reports, and ends with the test. */
export function startClient(options: Partial<HistorybookOptions> & { readonly url: string }): TestClient {
  const errors: ErrorReport[] = [];
  const rejections: RejectedReport[] = [];
  const client = createHistorybook({
    apiKey: API_KEY,
    source: 'test:client',
    lingerMs: 5,
    onError: (report) => errors.push(report),
    onRejected: (report) => rejections.push(report),
    ...options,
  });
  onTestFinished(async () => {
    await client.close({ timeoutMs: 0 });
  });
  return { ...client, errors, rejections };
}

/** A spool folder that goes with the test. */
export function spoolFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'historybook-client-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The paths of all files below a folder, relative to it, sorted. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

export function example(description: string) {
  return { eventType: 'MESSAGE_SENT', leadAirtableId: 'rec0client0test00', description } as const;
}
