import { type AppendFile, diskFiles, type SpoolFiles } from '#platform/spool-files.ts';

/** What the disk does until it is told otherwise. */
export type DiskFault =
  /** It is full: this many bytes of a write still fit. */
  | { readonly kind: 'full'; readonly room: number }
  /** A write fails with EIO. */
  | { readonly kind: 'write' }
  /** fdatasync fails with EIO, and what was written since the last one is gone. */
  | { readonly kind: 'sync' }
  /** No new file can be made. */
  | { readonly kind: 'create' }
  /** The names in a folder cannot be made durable. */
  | { readonly kind: 'folder' };

export interface BreakableDisk {
  readonly files: SpoolFiles;
  breakBy(fault: DiskFault | undefined): void;
  /** Operations that were made to fail. */
  readonly failed: number;
}

/**
 * The real disk, made as unkind as a disk may be: what is appended is nowhere until it is synced. When the process is
 * killed, or a sync fails, it is gone: exactly what a power cut, or a kernel that could not write a page, does to it.
 */
export function createBreakableDisk(): BreakableDisk {
  let fault: DiskFault | undefined;
  let failed = 0;

  const failure = (code: 'EIO' | 'ENOSPC') => {
    failed += 1;
    return Object.assign(new Error(`${code}: simulated`), { code });
  };
  const refuse = (kind: DiskFault['kind'], code: 'EIO' | 'ENOSPC') => {
    if (fault?.kind === kind) throw failure(code);
  };

  const wrap = (file: AppendFile): AppendFile => {
    let unsynced: Uint8Array[] = [];
    const write = async () => {
      const data = Buffer.concat(unsynced);
      unsynced = [];
      if (data.length > 0) await file.append(data);
    };
    return {
      async append(data) {
        refuse('write', 'EIO');
        if (fault?.kind !== 'full') {
          unsynced.push(data);
          return;
        }
        // What still fitted is on the disk, as the beginning of something.
        unsynced.push(data.subarray(0, fault.room));
        await write();
        throw failure('ENOSPC');
      },
      async sync() {
        if (fault?.kind === 'sync') unsynced = [];
        refuse('sync', 'EIO');
        await write();
        await file.sync();
      },
      async truncate(length) {
        unsynced = [];
        await file.truncate(length);
      },
      close: () => file.close(),
    };
  };

  return {
    files: {
      ...diskFiles,
      async create(path) {
        refuse('create', 'ENOSPC');
        return wrap(await diskFiles.create(path));
      },
      async syncFolder(path) {
        refuse('folder', 'EIO');
        await diskFiles.syncFolder(path);
      },
    },
    breakBy(next) {
      fault = next;
    },
    get failed() {
      return failed;
    },
  };
}
