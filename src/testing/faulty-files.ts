import { type AppendFile, diskFiles, type SpoolFiles } from '#platform/spool-files.ts';

/** What the spool is about to do with a file. */
export interface FileAction {
  readonly kind: 'create' | 'append' | 'sync' | 'truncate' | 'read' | 'rename' | 'remove' | 'syncFolder' | 'state';
  readonly path: string;
}

export interface FaultyFiles extends SpoolFiles {
  /**
   * Asked before everything that is done: an error is thrown in its place, a number lets that many bytes of an append
   * through before ENOSPC.
   */
  fault: (action: FileAction) => Error | number | undefined;
  /** Everything that was done. */
  readonly actions: FileAction[];
}

/** The real disk, with failures where a test wants them. */
export function createFaultyFiles(disk: SpoolFiles = diskFiles): FaultyFiles {
  const actions: FileAction[] = [];

  const attempt = (kind: FileAction['kind'], path: string): number | undefined => {
    const action = { kind, path };
    const fault = files.fault(action);
    if (fault instanceof Error) throw fault;
    actions.push(action);
    return fault;
  };

  const wrap = (path: string, file: AppendFile): AppendFile => ({
    async append(data) {
      const room = attempt('append', path);
      if (room === undefined) return file.append(data);
      await file.append(data.subarray(0, room));
      throw diskError('ENOSPC');
    },
    async sync() {
      attempt('sync', path);
      await file.sync();
    },
    async truncate(length) {
      attempt('truncate', path);
      await file.truncate(length);
    },
    close: () => file.close(),
  });

  const files: FaultyFiles = {
    ...disk,
    fault: () => undefined,
    actions,
    async create(path) {
      attempt('create', path);
      return wrap(path, await disk.create(path));
    },
    async read(path) {
      attempt('read', path);
      return disk.read(path);
    },
    async rename(from, to) {
      attempt('rename', from);
      await disk.rename(from, to);
    },
    async remove(path) {
      attempt('remove', path);
      await disk.remove(path);
    },
    async syncFolder(path) {
      attempt('syncFolder', path);
      await disk.syncFolder(path);
    },
    async state(path) {
      attempt('state', path);
      return disk.state(path);
    },
  };
  return files;
}

/** An error as the file system gives it. */
export function diskError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}
