import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AppOrder, AppReply } from '../actors/app.ts';

/** The application under test: a process that is killed and started again on the same port and data. */
export interface AppUnderTest {
  readonly dataDir: string;
  readonly port: number;
  /** Resolves when it says that it runs. @throws Error when it ends instead */
  start(): Promise<void>;
  /** Begins a start and does not wait for its end. */
  launch(): void;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** In good order, as Ctrl-C does. */
  stop(): Promise<void>;
  /** Breaks its disk, sets its clock; gives how many disk operations have failed so far in its life. */
  order(order: AppOrder): Promise<number>;
  /** How it ended without being asked to; undefined while it did not. */
  readonly accident: string | undefined;
}

export interface AppOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly logFile: string;
  readonly env: Readonly<Record<string, string>>;
}

const ACTOR = fileURLToPath(new URL('../actors/app.ts', import.meta.url));
const STOP_PATIENCE_MS = 60_000;

export function createApp({ dataDir, port, logFile, env }: AppOptions): AppUnderTest {
  let child: ChildProcess | undefined;
  let accident: string | undefined;
  let isWanted = false;

  const launch = () => {
    const log = openSync(logFile, 'a');
    const { PATH, HOME } = process.env;
    const made = fork(ACTOR, {
      execArgv: [],
      stdio: ['ignore', log, log, 'ipc'],
      env: { PATH, HOME, NODE_ENV: 'production', PORT: String(port), DATA_DIR: dataDir, DEMO_DATA: 'off', ...env },
    });
    closeSync(log);
    child = made;
    isWanted = true;
    made.once('exit', (code, signal) => {
      if (child === made && isWanted) accident ??= `the application ended by itself: ${signal ?? code}; see ${logFile}`;
    });
  };

  const end = async (signal: NodeJS.Signals) => {
    isWanted = false;
    const ending = child;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = once(ending, 'exit');
    ending.kill(signal);
    const timer = setTimeout(() => ending.kill('SIGKILL'), STOP_PATIENCE_MS);
    await ended;
    clearTimeout(timer);
  };

  return {
    dataDir,
    port,
    launch,
    async start() {
      launch();
      const starting = child;
      if (!starting) return;
      const ended = once(starting, 'exit').then(() => {
        throw new Error(`the application does not start; ${join(logFile)} ends with:\n${tailOf(logFile)}`);
      });
      ended.catch(() => undefined);
      await Promise.race([once(starting, 'message'), ended]);
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    async order(order) {
      if (!child) throw new Error('the application does not run');
      const answered = once(child, 'message') as Promise<[AppReply]>;
      child.send(order);
      const [reply] = await answered;
      return 'failed' in reply ? reply.failed : 0;
    },
    get accident() {
      return accident;
    },
  };
}

function tailOf(file: string): string {
  return readFileSync(file, 'utf8').split('\n').slice(-15).join('\n');
}
