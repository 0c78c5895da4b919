/**
 * `npm run demo`: plays live traffic through the REST interface of a running server, so that the feed can be seen moving.
 * Without --url it plays at the server of this DATA_DIR, on whatever port that runs.
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { issuesOf } from '#domain/issues.ts';
import { DEMO_WORKSPACE_IDS } from '#ops/demo/cast.ts';
import { createPlayer } from '#ops/demo/player.ts';
import { createRestClient } from '#ops/demo/rest-client.ts';
import { systemClock } from '#platform/clock.ts';
import { type Config, ConfigError, loadConfig } from '#platform/config.ts';
import { findServer } from '#platform/running-server.ts';
import { readKeptSecrets } from '#platform/secrets.ts';

const HELP = `npm run demo -- [--rate 2] [--duration 60]

Plays live traffic at the server of this folder, into a demo workspace (choose it at the top left of the feed).
  --rate 2                      events per second
  --duration 60                 seconds; without end when not given (Ctrl-C ends it)
  --url http://localhost:3000   another server, with --key its service key
  --workspace ID                another workspace than the first demo workspace
`;

const flags = z.object({
  url: z.url().optional(),
  key: z.string().min(1).optional(),
  workspace: z.uuid().default(DEMO_WORKSPACE_IDS[0]),
  rate: z.coerce.number().positive().max(500).default(2),
  duration: z.coerce.number().positive().max(86_400).optional(),
});

try {
  await play();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = error instanceof ConfigError ? error.exitCode : 1;
}

async function play(): Promise<void> {
  const text = { type: 'string' } as const;
  const help = { type: 'boolean', short: 'h', default: false } as const;
  const options = { url: text, key: text, workspace: text, rate: text, duration: text, help };
  const { values } = parseArgs({ options });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const { url, key, workspace, rate, duration } = flags.parse(values);
  const config = loadConfig();
  const server = await answering(url?.replace(/\/+$/, '') ?? addressOf(config), config.dataDir);
  const serviceKey = key ?? config.internalApiKey ?? readKeptSecrets(config.dataDir)?.internalApiKey;
  if (serviceKey === undefined) {
    throw new Error(`There is no service key in ${config.dataDir}: start the server first (npm start), or give --key.`);
  }
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const time = () => systemClock.now().toTimeString().slice(0, 8);
  const player = createPlayer({
    client: () => createRestClient({ url: server, serviceKey, workspaceId: workspace }),
    clock: systemClock,
    onSent: ({ label }) => say(`${time()}  ${label}`),
    onFailed: ({ label }, error) => say(`${time()}  ${label}  FAILED: ${error.message}`),
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void player.stop());

  say(`Playing about ${rate} events per second at ${server}. Ctrl-C ends it.`);
  if (workspace === DEMO_WORKSPACE_IDS[0]) say('They go to a demo workspace: choose it at the top left of the feed.');
  say(`Watch ${server}/admin/activity-logs`);
  player.play({ ratePerSecond: rate, durationMs: duration === undefined ? undefined : duration * 1000 });
  await player.finished();
  const { sent, failed, lastError } = player.status();
  say(`${sent} sent, ${failed} failed.`);
  if (lastError !== null && (sent === 0 || failed > 0)) throw new Error(lastError);
}

/** PORT when it is given, else what the server of this DATA_DIR announced. */
function addressOf({ port, dataDir, publicUrl }: Config): string {
  const here = `http://127.0.0.1:${port}`;
  if (process.env.PORT) return here;
  return findServer(dataDir)?.url ?? publicUrl ?? here;
}

/** The address, once something there has answered. @throws Error that says what to do when nothing does */
async function answering(server: string, dataDir: string): Promise<string> {
  const answer = await fetch(`${server}/healthz`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  if (answer?.ok) return server;
  const instead =
    'name where it runs: npm run demo -- --url http://localhost:3000, or set PORT or DATA_DIR as it has them';
  if (answer)
    throw new Error(`${server} is not Historybook: its /healthz answers ${answer.status}. If it runs, ${instead}.`);
  throw new Error(`No server answers at ${server} (DATA_DIR is ${dataDir}). Start it with npm start, or ${instead}.`);
}

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    return issuesOf(error)
      .map(({ path, message }) => `--${path}: ${message}`)
      .join('\n');
  }
  return error instanceof Error ? error.message : String(error);
}
