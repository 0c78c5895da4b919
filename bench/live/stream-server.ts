/** The application without its pages, in a process of its own, which tells what it uses. */
import { fileURLToPath } from 'node:url';
import { loadConfig } from '#platform/config.ts';
import { createLogger } from '#platform/log.ts';
import { createApplication } from '#runtime/application.ts';
import { serveParent } from '../harness/child.ts';
import { readMemory, readUsage } from './usage.ts';

export interface StreamServerOptions {
  readonly databaseUrl: string;
  readonly dataDir: string;
}

export type StreamServerQuestion = 'url' | 'usage' | 'memory';

serveParent(async ({ databaseUrl, dataDir }: StreamServerOptions) => {
  const environment = { PORT: '0', DATA_DIR: dataDir, DATABASE_URL: databaseUrl, LOG_LEVEL: 'warn' };
  const application = createApplication({
    config: loadConfig(environment),
    log: createLogger({ level: 'warn' }),
    root: fileURLToPath(new URL('../..', import.meta.url)),
    withoutPages: true,
  });
  await application.start();
  return {
    answer(question: StreamServerQuestion) {
      if (question === 'url') return application.url;
      return question === 'usage' ? readUsage() : readMemory();
    },
    end: () => application.stop(),
  };
});
