import { basename, dirname } from 'node:path';
import type { SpoolFiles } from '#platform/spool-files.ts';

/** A disk in memory, for trying what a spool does with a hundred thousand damaged files. */
export interface MemoryFiles extends SpoolFiles {
  put(path: string, bytes: Buffer): void;
  /** Everything there is, by path. */
  readonly all: ReadonlyMap<string, Buffer>;
}

export function createMemoryFiles(): MemoryFiles {
  const all = new Map<string, Buffer>();
  const missing = (path: string) => Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
  const below = (folder: string) => [...all.keys()].filter((path) => path.startsWith(`${folder}/`));

  return {
    all,
    put: (path, bytes) => void all.set(path, bytes),
    makeFolder: async () => undefined,
    async create(path) {
      if (all.has(path)) throw Object.assign(new Error(`EEXIST: ${path}`), { code: 'EEXIST' });
      all.set(path, Buffer.alloc(0));
      return {
        append: async (data) => void all.set(path, Buffer.concat([all.get(path) ?? Buffer.alloc(0), data])),
        sync: async () => undefined,
        truncate: async (length) => void all.set(path, (all.get(path) ?? Buffer.alloc(0)).subarray(0, length)),
        close: async () => undefined,
      };
    },
    async read(path) {
      const bytes = all.get(path);
      if (!bytes) throw missing(path);
      return bytes;
    },
    async list(folder) {
      const names = below(folder).map((path) => path.slice(folder.length + 1).split('/'));
      const folders = new Set(names.filter(({ length }) => length > 1).map(([name = '']) => name));
      const files = names.filter(({ length }) => length === 1).map(([name = '']) => ({ name, isFolder: false }));
      return [...files, ...[...folders].map((name) => ({ name, isFolder: true }))];
    },
    async state(path) {
      const bytes = all.get(path);
      const isFolder = below(path).length > 0;
      return bytes || isFolder ? { bytes: bytes?.length ?? 0, changedAt: new Date() } : undefined;
    },
    async rename(from, to) {
      const bytes = all.get(from);
      for (const path of bytes ? [from] : below(from)) {
        const moved = all.get(path);
        all.delete(path);
        if (moved) all.set(to + path.slice(from.length), moved);
      }
    },
    remove: async (path) => void all.delete(path),
    removeFolder: async () => undefined,
    syncFolder: async () => undefined,
    touch: async () => undefined,
  };
}

/** The only file whose name ends so. */
export function onlyFile(
  { all }: MemoryFiles,
  endings: readonly string[],
): { readonly name: string; readonly bytes: Buffer } {
  const found = [...all].filter(([path]) => endings.some((ending) => path.endsWith(ending)) && dirname(path) !== '/');
  const [[path, bytes] = ['', Buffer.alloc(0)], ...others] = found;
  if (path === '' || others.length > 0) throw new Error(`${found.length} files instead of one`);
  return { name: basename(path), bytes };
}
