/** `npm start`: builds when needed, starts everything, says where it is and how to get in; stops on SIGTERM and Ctrl-C. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ConfigError, loadConfig } from '#platform/config.ts';
import { ensureDataDir } from '#platform/data-dir.ts';
import { createLogger } from '#platform/log.ts';
import { chooseProductionCode } from '#platform/production.ts';
import { createRequestLog } from '#platform/request-log.ts';
import { createApplication } from '#runtime/application.ts';
import { buildWhenNeeded } from '#runtime/build.ts';
import { welcome } from './welcome.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const say = (line: string) => process.stdout.write(`${line}\n`);

const HELP = `npm start

Starts Historybook. It takes no arguments: the environment configures it, as in PORT=4000 npm start (README.md, Configuration).`;

try {
  // Whoever writes "npm start -- --port 4000" must not get a server on another port.
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) say(HELP);
  else await start();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ConfigError ? error.exitCode : 1);
}

async function start(): Promise<void> {
  chooseProductionCode();
  const config = loadConfig();
  // Nobody waits for the pages to be built to learn that it cannot be.
  ensureDataDir(config.dataDir);
  const log = createLogger({ level: config.logLevel });
  await buildWhenNeeded(root, () => say('Building the pages (the first start only) …'));
  const logsRequests = config.logRequests ?? process.stdout.isTTY !== true;
  const requestLog = logsRequests && createRequestLog({ level: config.logLevel });
  const onStep = (step: string) => say(`${step} …`);
  const application = createApplication({ config, log, root, onStep, ...(requestLog && { requestLog }) });

  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    try {
      await application.stop();
      log.info({ signal }, 'stopped');
      process.exit(0);
    } catch (error) {
      log.error({ err: error }, 'did not stop cleanly');
      process.exit(1);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop(signal));

  try {
    await application.start();
  } catch (error) {
    // Stopped while it started: stop() is still at work, and ends the process when everything is down.
    if (stopping) return;
    throw error;
  }
  say(await welcome(application, config));
}
