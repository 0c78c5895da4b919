import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';

/** Writes a new file whose content is on the disk when this returns. Throws EEXIST when the file is there already. */
export function writeDurably(path: string, content: string, mode: number): void {
  const file = openSync(path, 'wx', mode);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
