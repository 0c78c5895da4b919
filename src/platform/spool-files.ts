import { mkdir, open, readdir, readFile, rename, rm, rmdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that only ever grows. */
export interface AppendFile {
  /** Writes all of `data` at the end, or rejects; a part may then have been written. */
  append(data: Uint8Array): Promise<void>;
  /** Resolves when what was appended is on the disk (fdatasync). */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

export interface FileState {
  readonly bytes: number;
  readonly changedAt: Date;
}

/** Everything the spool does with the disk. Tests put a disk here that is full, or lies. */
export interface SpoolFiles {
  /** Makes the folder and those above it, closed to other users. */
  makeFolder(path: string): Promise<void>;
  /** Makes a new file. @throws EEXIST when it is there already */
  create(path: string): Promise<AppendFile>;
  read(path: string): Promise<Buffer>;
  /** What is in a folder; nothing when there is no such folder. */
  list(path: string): Promise<readonly FolderEntry[]>;
  /** Undefined when it is not there. */
  state(path: string): Promise<FileState | undefined>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; one that is not there is no error. */
  remove(path: string): Promise<void>;
  /** Removes a folder that is empty. */
  removeFolder(path: string): Promise<void>;
  /** Resolves when the names in the folder are on the disk. */
  syncFolder(path: string): Promise<void>;
  /** Says "changed now". */
  touch(path: string, now: Date): Promise<void>;
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
  async state(path) {
    const found = await stat(path).catch(undefinedWhenMissing);
    return found && { bytes: found.size, changedAt: found.mtime };
  },
  rename,
  remove: (path) => rm(path, { force: true }),
  removeFolder: (path) => rmdir(path),
  async syncFolder(path) {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  touch: (path, now) => utimes(path, now, now),
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
    truncate: (length) => handle.truncate(length),
    close: () => handle.close(),
  };
}

/** Writes a small new file so that it is on the disk when this resolves. */
export async function writeNote(files: SpoolFiles, folder: string, name: string, content: Uint8Array): Promise<void> {
  const file = await files.create(join(folder, name));
  try {
    await file.append(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.syncFolder(folder);
}

function emptyWhenMissing(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

function undefinedWhenMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
