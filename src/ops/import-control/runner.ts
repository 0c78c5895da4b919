import type { Logger } from '#platform/log.ts';
import { messageOf } from '../import/run.ts';
import type { ImportJob } from './job.ts';

/** A job at work beside the server: in a thread of its own, so that nobody's request waits while a file is parsed. */
export interface Launched {
  /** Resolves when it has ended, however that was. */
  readonly done: Promise<void>;
  /** Ends it after the batch that is on its way. */
  stop(): void;
}

/** One job at a time; the others wait in line. */
export interface JobRunner {
  add(job: ImportJob): void;
  /** Takes a job out of the line; false when it is not waiting there. */
  drop(id: string): boolean;
  /** Stops what is at work, drops what waits. What was at work is told, to be taken up by the next start. */
  stop(): Promise<readonly ImportJob[]>;
}

export interface JobRunnerDeps {
  readonly launch: (job: ImportJob) => Launched;
  readonly log: Logger;
  /** Called when a job has ended by itself. */
  readonly onEnded: (job: ImportJob) => Promise<void>;
  /** Called when a job could not be begun, or broke off: nobody works on it any more. */
  readonly onFailed: (job: ImportJob, reason: string) => Promise<void>;
}

export function createJobRunner({ launch, log, onEnded, onFailed }: JobRunnerDeps): JobRunner {
  const waiting: ImportJob[] = [];
  let current: { readonly job: ImportJob; readonly launched: Launched } | undefined;
  let isStopping = false;
  let working: Promise<void> = Promise.resolve();

  /** Why the job did not end well, undefined when it did. */
  const workOn = async (job: ImportJob): Promise<string | undefined> => {
    let verb = 'could not be begun';
    try {
      const launched = launch(job);
      current = { job, launched };
      verb = 'broke off';
      await launched.done;
      return undefined;
    } catch (error) {
      log.error({ err: error, job }, `an import ${verb}`);
      return `${verb}: ${messageOf(error)}`;
    }
  };

  /** Whatever becomes of a job, the next one has its turn: this never rejects. */
  const work = async () => {
    for (let job = waiting.shift(); job !== undefined && !isStopping; job = waiting.shift()) {
      const failure = await workOn(job);
      if (isStopping) return;
      try {
        await (failure === undefined ? onEnded(job) : onFailed(job, failure));
      } catch (error) {
        log.error({ err: error, job }, 'the end of an import could not be noted');
      }
      if (!isStopping) current = undefined;
    }
  };

  return {
    add(job) {
      if (isStopping || waiting.some(({ id }) => id === job.id) || current?.job.id === job.id) return;
      waiting.push(job);
      if (waiting.length === 1 && current === undefined) working = working.then(work);
    },
    drop(id) {
      const at = waiting.findIndex((job) => job.id === id);
      if (at >= 0) waiting.splice(at, 1);
      return at >= 0;
    },
    async stop() {
      isStopping = true;
      current?.launched.stop();
      await working;
      return current ? [current.job] : [];
    },
  };
}
