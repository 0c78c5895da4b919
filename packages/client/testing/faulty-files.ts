import { type AppendFile, diskFiles, type SpoolFiles } from '../src/spool/files.ts';

/** What the spool is about to do with the disk. */
type Action = 'append' | 'sync' | 'create' | 'read' | 'remove' | 'makeFolder' | 'saveNow';

export interface FaultyFiles extends SpoolFiles {
  /** Asked before each of these: the error is thrown in its place. */
  fault: (action: Action, path: string) => Error | undefined;
}

/** The real disk, with failures where a test wants them. */
export function createFaultyFiles(): FaultyFiles {
  const attempt = (action: Action, path: string) => {
    const error = files.fault(action, path);
    if (error) throw error;
  };
  const wrap = (path: string, file: AppendFile): AppendFile => ({
    async append(data) {
      try {
        attempt('append', path);
      } catch (error) {
        // A disk that is full takes what fits.
        await file.append(data.subarray(0, data.length >> 1));
        throw error;
      }
      await file.append(data);
    },
    async sync() {
      attempt('sync', path);
      await file.sync();
    },
    close: () => file.close(),
  });
  const files: FaultyFiles = {
    ...diskFiles,
    fault: () => undefined,
    async makeFolder(path) {
      attempt('makeFolder', path);
      await diskFiles.makeFolder(path);
    },
    async create(path) {
      attempt('create', path);
      return wrap(path, await diskFiles.create(path));
    },
    async read(path) {
      attempt('read', path);
      return diskFiles.read(path);
    },
    async remove(path) {
      attempt('remove', path);
      await diskFiles.remove(path);
    },
    saveNow(path, content) {
      attempt('saveNow', path);
      diskFiles.saveNow(path, content);
    },
  };
  return files;
}

/** An error as the file system gives it. */
export function diskError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}
