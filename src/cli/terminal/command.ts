import { z } from 'zod';
import { AppError } from '#domain/errors.ts';
import { ConfigError } from '#platform/config.ts';

/** What a command ends with. */
export const EXIT = {
  ok: 0,
  failed: 1,
  /** It is through, and something is not as it should be: records refused, records missing. */
  notAll: 2,
  usage: 64,
  /** The database is away; the same command goes on where it stopped. */
  later: 75,
  stopped: 130,
} as const;

/** The command was called in a way that cannot be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Runs a command: its exit code, or why it failed in a sentence, with every field that is wrong; its help when asked. */
export async function runCommand(help: string, command: () => Promise<number>): Promise<void> {
  if (process.argv.slice(2).some((word) => word === '--help' || word === '-h')) {
    process.stdout.write(help);
    return;
  }
  try {
    process.exitCode = await command();
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = codeOf(error);
  }
}

function explain(error: unknown): string {
  if (error instanceof AppError) {
    const issues = error.issues.map(({ path, message }) => `  ${path ? `${path}: ` : ''}${message}`);
    // `error` is the sentence alone; `message` would tell the first of the issues a second time.
    return issues.length === 0 ? error.message : [error.error, ...issues].join('\n');
  }
  if (error instanceof z.ZodError) {
    return error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n');
  }
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): number {
  if (error instanceof ConfigError) return error.exitCode;
  const isParseArgs = error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (error instanceof UsageError || error instanceof z.ZodError || isParseArgs) return EXIT.usage;
  if (error instanceof AppError && error.retryable) return EXIT.later;
  return EXIT.failed;
}

/**
 * Ctrl-C and SIGTERM end the command after what is on its way; a second one ends it at once, as a kill would: nothing is
 * lost by that, it is only done again.
 */
export function onInterrupt(say: (line: string) => void): AbortSignal {
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopped.signal.aborted) process.exit(EXIT.stopped);
      say('\nStopping after the batch that is on its way; again to stop at once.');
      stopped.abort(new Error('stopped'));
    });
  }
  return stopped.signal;
}
