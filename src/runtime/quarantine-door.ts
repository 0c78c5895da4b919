import { hash } from 'node:crypto';
import type { Refuge, Spool } from '#ingest/index.ts';

/** Where what the book refuses at the drain goes: a file beside the spool, for somebody to look at. */
export function createQuarantineDoor(spool: Spool): Pick<Refuge, 'keepRefused' | 'keepEntry'> {
  return {
    keepRefused({ activity, error }) {
      const body = hash('sha256', JSON.stringify(activity), 'hex').slice(0, 12);
      return spool.setAside(`refused-${activity.id}-${body}`, activity, `${error.code}: ${error.message}`);
    },
    keepEntry(entry) {
      const name = `entry-${hash('sha256', JSON.stringify(entry), 'hex').slice(0, 32)}`;
      return spool.setAside(name, entry, 'for quarantine');
    },
  };
}
