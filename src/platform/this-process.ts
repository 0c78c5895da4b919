import { randomUUID } from 'node:crypto';
import { ownIdentity, type ProcessIdentity } from './process-identity.ts';

/** Which process this is: one id, one place and one name, in the database, in alerts and on pages. */
export interface ThisProcess {
  readonly id: string;
  /** Machine and data folder: processes that share it share its spools. It stays the same after a restart. */
  readonly place: string;
  /** The place, and which of the processes there. */
  readonly name: string;
  readonly identity: ProcessIdentity;
}

export function thisProcess(dataDir: string): ThisProcess {
  const identity = ownIdentity();
  const place = `${identity.host}:${dataDir}`;
  return { id: randomUUID(), place, name: `${place} (${identity.pid})`, identity };
}

/** The name of a row of server_process, as SQL. */
export const PROCESS_NAME = "place || ' (' || (identity ->> 'pid') || ')'";
