/** The application without its pages, in a process of its own: what the benchmarks send to. */
import { fileURLToPath } from 'node:url';
import { loadConfig } from '#platform/config.ts';
import { createLogger } from '#platform/log.ts';
import { createApplication } from '#runtime/application.ts';
import { serveParent } from './child.ts';

export interface ServerOptions {
  readonly databaseUrl: string;
  readonly dataDir: string;
}

serveParent(async ({ databaseUrl, dataDir }: ServerOptions) => {
  const environment = { PORT: '0', DATA_DIR: dataDir, DATABASE_URL: databaseUrl, LOG_LEVEL: 'warn' };
  const application = createApplication({
    config: loadConfig(environment),
    log: createLogger({ level: 'warn' }),
    root: fileURLToPath(new URL('../..', import.meta.url)),
    withoutPages: true,
  });
  await application.start();
  return { answer: () => application.url, end: () => application.stop() };
});
