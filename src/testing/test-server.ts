import 'vitest';

/** What the setup of a test run hands to its suites. */
export interface TestServer {
  /** Address of a database in which databases may be created. */
  readonly adminUrl: string;
  /** Name of a migrated database, to be copied. */
  readonly template: string;
  /** Begins the name of every database of this run. */
  readonly prefix: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    testServer: TestServer;
  }
}

/** The address of another database on the same server. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
