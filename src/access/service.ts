import type { Pool } from 'pg';
import type { Clock } from '#platform/clock.ts';
import type { Signals } from '#platform/db/signal.ts';
import type { KeptJson } from '#platform/kept-json.ts';
import type { Logger } from '#platform/log.ts';
import { createService, type ManagedService } from '#platform/service.ts';
import type { KeyStore } from './key-store.ts';
import type { KeyUsage } from './key-usage.ts';
import type { KnownOnDisk } from './known-on-disk.ts';
import type { People } from './people.ts';
import { type Chore, repeat } from './repeat.ts';
import type { WorkspaceDirectory } from './workspace-directory.ts';

export interface AccessServiceDeps {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signals: Signals;
  readonly keys: KeyStore;
  readonly people: People;
  readonly usage: KeyUsage;
  readonly directory: WorkspaceDirectory;
  readonly onDisk: KeptJson<KnownOnDisk> | undefined;
}

const DELETE_EXPIRED_SESSIONS = 'DELETE FROM auth_session WHERE expires_at < $1';

/**
 * What access does in the background. Start it after the signals, so that no change falls between the first reading
 * and the first listening. Every KEY_RELOAD_MS all keys are read again: should a signal ever be lost, for no longer
 * than that.
 */
export function createAccessService(deps: AccessServiceDeps): ManagedService {
  const { pool, clock, log, signals, keys, people, usage, directory, onDisk } = deps;
  const keepKnown = async () => {
    if (!onDisk) return;
    // Asking brings it up to date when something has changed.
    const workspaces = await directory.list();
    onDisk.keep({ keys: keys.loadedHashes(), workspaces });
  };
  const chores: readonly Chore[] = [
    { name: 'expire keys', everyMs: 1_000, run: () => keys.sweep() },
    { name: 'keep what is known of keys', everyMs: 1_000, run: keepKnown },
    { name: 'write last use of keys', everyMs: 5_000, run: () => usage.flush() },
    { name: 'read keys again', everyMs: 30_000, run: () => keys.load() },
    { name: 'read members again', everyMs: 60_000, run: () => people.load() },
    {
      name: 'delete expired sessions',
      everyMs: 3_600_000,
      run: async () => void (await pool.query(DELETE_EXPIRED_SESSIONS, [clock.now()])),
    },
  ];

  return createService({
    name: 'access',
    async start() {
      const stopListening = signals.onGap(() => {
        keys.load().catch((error) => log.warn({ err: error }, 'keys cannot be read yet'));
      });
      await Promise.all([keys.load(), people.load(), directory.load()]);
      await keepKnown().catch((error) => log.warn({ err: error }, 'what is known of keys could not be written down'));
      const abort = new AbortController();
      const running = chores.map((chore) => repeat(chore, clock, log, abort.signal));
      return async () => {
        stopListening();
        abort.abort();
        await Promise.all(running);
        await usage.flush().catch((error) => log.debug({ err: error }, 'last use of keys was not written'));
      };
    },
  });
}
