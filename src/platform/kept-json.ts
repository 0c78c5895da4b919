import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { replaceDurably } from './durable-file.ts';
import type { Logger } from './log.ts';

/** A value that outlives the process, in a file that only its owner can read. For a few kilobytes that change rarely. */
export interface KeptJson<T> {
  /** As it was kept; undefined when nothing was, or what is there cannot be read. */
  read(): T | undefined;
  /** Keeps `value` when it differs from what is kept; returns when it is on the disk. */
  keep(value: T): void;
}

export interface KeptJsonOptions<T> {
  readonly path: string;
  readonly schema: z.ZodType<T>;
  readonly log: Logger;
}

export function createKeptJson<T>({ path, schema, log }: KeptJsonOptions<T>): KeptJson<T> {
  let kept: string | undefined;

  return {
    read() {
      try {
        kept = readFileSync(path, 'utf8');
        return schema.parse(JSON.parse(kept));
      } catch (error) {
        const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
        if (!isMissing) log.warn({ err: error, path }, 'what was kept cannot be read; it is made anew');
        kept = undefined;
        return undefined;
      }
    },
    keep(value) {
      const text = `${JSON.stringify(value, null, 2)}\n`;
      if (text === kept) return;
      replaceDurably(path, text, 0o600);
      kept = text;
    },
  };
}
