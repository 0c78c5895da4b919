import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A program of the benchmark in a process of its own. */
export interface Child {
  /** Sends `message` and gives the child's next message. @throws Error when it ends instead */
  ask<Answer>(message: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

/** Forks `file` (a path below bench/), hands it its options and waits until it is ready. */
export async function startChild(file: string, options: unknown): Promise<Child> {
  const child = fork(fileURLToPath(new URL(`../${file}`, import.meta.url)), {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const exchange = async (message: object): Promise<unknown> => {
    const answer = nextMessage(child);
    child.send(message);
    return answer;
  };
  await exchange({ options });
  return {
    async ask<Answer>(question: unknown) {
      return (await exchange({ question })) as Answer;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await ended;
    },
  };
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      child.off('message', onMessage);
      child.off('exit', onExit);
      act();
    };
    const onMessage = (message: unknown) => settle(() => resolve(message));
    const onExit = (code: number | null) => settle(() => reject(new Error(`the child ended with ${code}`)));
    child.on('message', onMessage);
    child.on('exit', onExit);
  });
}

/** What a child does: answers questions, and cleans up when the parent lets go or ends. */
export interface Served {
  readonly answer: (question: never) => unknown;
  readonly end?: () => Promise<void>;
}

interface Message {
  readonly options?: never;
  readonly question?: never;
}

/** The other side of startChild(): `setUp` gets the options. */
export function serveParent(setUp: (options: never) => Served | Promise<Served>): void {
  let served: Served | undefined;
  process.on('message', async ({ options, question }: Message) => {
    if (served) return void process.send?.((await served.answer(question as never)) ?? null);
    served = await setUp(options as never);
    process.send?.('ready');
  });
  process.on('disconnect', () => void Promise.resolve(served?.end?.()).then(() => process.exit(0)));
}
