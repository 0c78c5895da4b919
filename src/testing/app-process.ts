import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const ADMIN_EMAIL = 'admin@historybook.local';
export const ADMIN_PASSWORD = 'correct horse battery';
export const SERVICE_KEY = 'hb_test_0123456789abcdef';

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface AppProcessOptions {
  readonly dataDir: string;
  /** 0 takes any free port. */
  readonly port?: number;
  /** Besides, and instead of, what `environment` sets; an empty value counts as not given. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The application as its user starts it: `node src/cli/start.ts` in a process of its own. */
export interface AppProcess {
  readonly pid: number;
  /** Everything it has written so far, both outputs. */
  output(): string;
  /** Resolves with the match as soon as the output has it; rejects when the process ends without. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  /** Where it answers; resolves when it says so. */
  readonly url: Promise<string>;
  readonly ended: Promise<Ending>;
  /** Signals the process alone and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<Ending>;
  /** Signals the whole process group, as Ctrl-C in a terminal does. Does not wait. */
  interruptGroup(): void;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGTERM');
});

/** Starts it. Nothing of the environment of the tests reaches it but PATH and HOME. */
export function launchApp({ dataDir, port = 0, env = {} }: AppProcessOptions): AppProcess {
  const child = spawn(process.execPath, ['src/cli/start.ts'], {
    cwd: ROOT,
    // A process group of its own, so that it can be interrupted like one in a terminal.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...environment(dataDir, port), ...env },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('the application cannot be started');
  running.add(child);

  let output = '';
  let hasEnded = false;
  const watchers = new Set<() => void>();
  const notice = () => {
    for (const watcher of watchers) watcher();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      notice();
    });
  }
  const ended = new Promise<Ending>((resolve) => {
    child.once('close', (code, signal) => {
      hasEnded = true;
      running.delete(child);
      resolve({ code, signal });
      notice();
    });
  });

  const said = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(output);
        if (!match && !hasEnded) return;
        watchers.delete(look);
        if (match) resolve(match);
        else reject(new Error(`the application ended without saying ${pattern}:\n${output}`));
      };
      watchers.add(look);
      look();
    });
  // With the empty line that ends the welcome: then all of it is there.
  const url = said(/Historybook runs at (http:\S+)\n[\s\S]*Stop with Ctrl-C\.\n/).then((match) => match[1] ?? '');
  url.catch(() => undefined);

  return {
    pid,
    output: () => output,
    said,
    url,
    ended,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
    interruptGroup() {
      process.kill(-pid, 'SIGINT');
    },
  };
}

function environment(dataDir: string, port: number): NodeJS.ProcessEnv {
  const { PATH, HOME, NODE_ENV } = process.env;
  const env = {
    PATH,
    HOME,
    NODE_ENV,
    PORT: String(port),
    DATA_DIR: dataDir,
    DEMO_DATA: 'off',
    ADMIN_EMAIL,
    ADMIN_PASSWORD,
    INTERNAL_API_KEY: SERVICE_KEY,
  };
  // Who starts it has none; the type of an environment asks for one.
  Reflect.deleteProperty(env, 'NODE_ENV');
  return env;
}

/** A path for a DATA_DIR that does not exist yet: the application makes it, with the rights it needs. */
export function freshDataDir(name: string): string {
  return join(tmpdir(), `historybook-${name}-${process.pid}-${randomBytes(4).toString('hex')}`);
}

/** A port that is free now, for a server that has to come back on the same one. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
