import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';
import pg from 'pg';
import type { Logger } from '../log.ts';
import { clientConfig } from './pool.ts';
import { schemaEngineAdapter } from './schema-engine-adapter.ts';

export type SchemaEngine = bindings.SchemaEngine;

export interface SchemaEngineOptions {
  readonly url: string;
  /** Content of the Prisma schema file; needed to compare with it. */
  readonly datamodel?: { readonly path: string; readonly content: string };
  readonly log?: Logger;
}

/**
 * Runs `work` with Prisma's own migration engine, as WebAssembly over `pg`: no binary is downloaded. The engine talks
 * through one connection, which is closed afterwards whatever happens.
 */
export async function withSchemaEngine<T>(
  options: SchemaEngineOptions,
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  await loadEngine();
  // One connection: the engine takes session locks, which mean nothing when each statement may land in another session.
  // No time limits: building an index on a large table may take as long as it needs.
  const limits = { statementTimeoutMs: 0, lockTimeoutMs: 0, idleInTransactionTimeoutMs: 0 };
  const config = clientConfig({ url: options.url, applicationName: 'historybook-migrate', ...limits });
  const pool = new pg.Pool({ ...config, types: undefined, max: 1 });
  pool.on('error', (error) => options.log?.warn({ err: error }, 'migration connection lost'));
  const { path, content } = options.datamodel ?? EMPTY_DATAMODEL;
  try {
    const adapter = bindMigrationAwareSqlAdapterFactory(schemaEngineAdapter(pool));
    const engine = await bindings.SchemaEngine.new(
      { datamodels: [[path, content]] },
      (line: unknown) => options.log?.trace({ line }, 'schema engine'),
      adapter,
    );
    try {
      return await work(engine);
    } finally {
      engine.free();
    }
  } finally {
    await pool.end();
  }
}

/** The engine learns from a schema file which database it talks to; migrations need no more of it. */
const EMPTY_DATAMODEL = { path: 'schema.prisma', content: 'datasource db {\n  provider = "postgresql"\n}\n' };

let loading: Promise<void> | undefined;

/** Loads the engine on first use only: 5 MB that a server without pending migrations still needs, but its tests may not. */
function loadEngine(): Promise<void> {
  loading ??= instantiateEngine();
  return loading;
}

async function instantiateEngine(): Promise<void> {
  const script = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const path = script.replace(/\.js$/, '.wasm');
  // Where the engine leaves its last words before it traps, which cannot be caught and ends the process.
  if (!('PRISMA_WASM_PANIC_REGISTRY' in globalThis)) {
    const set_message = (message: string) => {
      throw new Error(`Prisma's schema engine gave up: ${message}`);
    };
    Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message } });
  }
  const imports = { './schema_engine_bg.js': { ...bindings, ...patientTimers() } };
  const { instance } = await WebAssembly.instantiate(await readFile(path), imports);
  bindings.__wbg_set_wasm(instance.exports);
  const start = instance.exports.__wbindgen_start;
  if (typeof start === 'function') start();
}

/**
 * The engine limits its wait for a lock by a timer of ten seconds and never clears it: a command that has migrated would
 * not end before. A timer alone keeps nothing alive here; the connection that the engine waits on does.
 */
function patientTimers(): Record<string, (callback: () => void, ms: number) => NodeJS.Timeout> {
  const names = Object.keys(bindings).filter((name) => name.startsWith('__wbg_setTimeout_'));
  return Object.fromEntries(names.map((name) => [name, (callback, ms) => setTimeout(callback, ms >>> 0).unref()]));
}
