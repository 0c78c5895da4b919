/**
 * The application without its pages, for tests that kill it. Arguments: port, DATA_DIR, DATABASE_URL, service key. Prints its
 * address once it answers.
 */
import { loadConfig } from '../../../src/platform/config.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { createApplication } from '../../../src/runtime/application.ts';

const [PORT = '0', DATA_DIR = '', DATABASE_URL = '', INTERNAL_API_KEY = ''] = process.argv.slice(2);
const application = createApplication({
  config: loadConfig({ PORT, DATA_DIR, DATABASE_URL, INTERNAL_API_KEY }),
  log: createLogger({ level: 'error' }),
  root: DATA_DIR,
  withoutPages: true,
});
await application.start();
process.stdout.write(`at ${application.url}\n`);
