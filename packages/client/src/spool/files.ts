import { closeSync, fdatasyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file that only ever grows. */
export interface AppendFile {
  /** Writes all of `data` at the end, or rejects; a part may then have been written. */
  append(data: Uint8Array): Promise<void>;
  /** Resolves when what was appended is on the disk (fdatasync). */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Everything the spool does with the disk. Tests put a disk here that is full, or lies. */
export interface SpoolFiles {
  /** Makes the folder and those above it, closed to other users. */
  makeFolder(path: string): Promise<void>;
  /** Makes a new file. Rejects with EEXIST when it is there already. */
  create(path: string): Promise<AppendFile>;
  read(path: string): Promise<Uint8Array>;
  /** What is in a folder; nothing when there is no such folder. */
  list(path: string): Promise<readonly { readonly name: string; readonly isFolder: boolean }[]>;
  /** When a file or folder was last changed, in milliseconds; undefined when it is not there. */
  changedAt(path: string): Promise<number | undefined>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; one that is not there is no error. */
  remove(path: string): Promise<void>;
  /** Removes a folder that is empty. */
  removeFolder(path: string): Promise<void>;
  /** Resolves when the names in the folder are on the disk. */
  syncFolder(path: string): Promise<void>;
  /** Says "changed now". */
  touch(path: string): Promise<void>;
  /** Makes a new file with this content, and its folder, at once and durably: for the moment in which a process ends. */
  saveNow(path: string, content: Uint8Array): void;
}

/** The real disk. */
export const diskFiles: SpoolFiles = {
  async makeFolder(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  create: createAppendFile,
  read: (path) => readFile(path),
  async list(path) {
    const entries = await readdir(path, { withFileTypes: true }).catch(emptyWhenMissing);
    return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  },
  changedAt: (path) => stat(path).then(({ mtimeMs }) => mtimeMs, undefinedWhenMissing),
  rename,
  remove: (path) => rm(path, { force: true }),
  removeFolder: (path) => rmdir(path),
  async syncFolder(path) {
    // Windows cannot open a folder; its file system keeps names in a journal of its own.
    if (process.platform === 'win32') return;
    const handle = await open(path, 'r');
    await handle.sync().finally(() => handle.close());
  },
  async touch(path) {
    const now = new Date();
    await utimes(path, now, now);
  },
  saveNow(path, content) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = openSync(path, 'wx', 0o600);
    for (let written = 0; written < content.length; ) written += writeSync(file, content, written);
    fdatasyncSync(file);
    closeSync(file);
  },
};

async function createAppendFile(path: string): Promise<AppendFile> {
  const handle = await open(path, 'wx', 0o600);
  let end = 0;
  return {
    async append(data) {
      for (let written = 0; written < data.length; ) {
        const { bytesWritten } = await handle.write(data, written, data.length - written, end);
        if (bytesWritten === 0) throw new Error(`nothing more can be written to ${path}`);
        written += bytesWritten;
        end += bytesWritten;
      }
    },
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
}

/** Writes a small new file so that it is on the disk when this resolves. */
export async function writeNew(files: SpoolFiles, path: string, content: Uint8Array): Promise<void> {
  const file = await files.create(path);
  try {
    await file.append(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.syncFolder(dirname(path));
}

/** Whether an error of the disk says that something is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function emptyWhenMissing(error: unknown): [] {
  if (isMissing(error)) return [];
  throw error;
}

function undefinedWhenMissing(error: unknown): undefined {
  if (isMissing(error)) return undefined;
  throw error;
}
