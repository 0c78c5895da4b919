import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { z } from 'zod';
import { INCIDENT_KINDS, type IncidentKind, type IncidentView } from '#domain/health.ts';
import type { Clock } from '#platform/clock.ts';
import { replaceDurably } from '#platform/durable-file.ts';
import type { Logger } from '#platform/log.ts';
import { isStillRunning, processIdentitySchema } from '#platform/process-identity.ts';
import { redactText } from '#platform/redact.ts';
import type { ThisProcess } from '#platform/this-process.ts';

/**
 * What goes wrong, from its beginning to its end.
 *
 *   set(kind, why) ──▶ open ──▶ file in DATA_DIR/incidents ──▶ table incident
 *   set(kind, undefined) ──▶ closed ──▶ file ──▶ table ──▶ the file forgets it
 *
 * The file comes first: most of what goes wrong is that the database is away, and a process may be killed before it is
 * back. The next process of this DATA_DIR takes over what a dead one left, and goes on with it as its own.
 */
export interface Incidents {
  /** It is so, because of `why`, since `since` (now when not given); undefined: it is not so any more. */
  set(kind: IncidentKind, why: string | undefined, since?: Date): void;
  /** Those of this process that go on. */
  readonly open: readonly IncidentView[];
  /** Writes into the table what is not there yet. Rejects when the database does not take it: nothing is lost by that. */
  store(pool: pg.Pool): Promise<void>;
}

export interface IncidentsDeps {
  readonly self: ThisProcess;
  readonly dataDir: string;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
}

const incidentSchema = z.object({
  id: z.uuid(),
  kind: z.enum(INCIDENT_KINDS),
  openedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
  place: z.string(),
  detail: z.string(),
});
const fileSchema = z.object({ identity: processIdentitySchema, incidents: z.array(incidentSchema) });

const FOLDER = 'incidents';
const LONGEST_DETAIL = 500;

const STORE_SQL = `
  INSERT INTO incident (id, kind, process_id, place, opened_at, closed_at, detail)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  ON CONFLICT (id) DO UPDATE SET closed_at = excluded.closed_at, detail = excluded.detail`;

export function createIncidents({ self, dataDir, clock, log }: IncidentsDeps): Incidents {
  const { id: processId, name: place, identity } = self;
  const folder = join(dataDir, FOLDER);
  const path = join(folder, `${processId}.json`);
  const open = new Map<IncidentKind, IncidentView>();
  /** Not in the table as they are now. */
  const unsaved = new Map<string, IncidentView>();

  const write = () => {
    const incidents = new Map([...open.values(), ...unsaved.values()].map((incident) => [incident.id, incident]));
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (incidents.size === 0) rmSync(path, { force: true });
      else replaceDurably(path, JSON.stringify({ identity, incidents: [...incidents.values()] }), 0o600);
    } catch (error) {
      log.warn({ err: error, path }, 'incidents could not be written down; they are kept in memory');
    }
  };

  const note = (incident: IncidentView) => {
    if (incident.closedAt === null) open.set(incident.kind, incident);
    else open.delete(incident.kind);
    unsaved.set(incident.id, incident);
  };

  for (const left of takeOver(folder, log)) {
    // Two that died with the same trouble: one is enough to go on with.
    const isDouble = left.closedAt === null && open.has(left.kind);
    note(isDouble ? { ...left, closedAt: clock.now().toISOString() } : left);
  }
  if (unsaved.size > 0) write();

  return {
    get open() {
      return [...open.values()];
    },
    set(kind, why, since = clock.now()) {
      const known = open.get(kind);
      if (why === undefined) {
        if (!known) return;
        note({ ...known, closedAt: clock.now().toISOString() });
      } else {
        if (known) return;
        const detail = redactText(why).slice(0, LONGEST_DETAIL);
        note({ id: randomUUID(), kind, openedAt: since.toISOString(), closedAt: null, place, detail });
      }
      write();
    },
    async store(pool) {
      if (unsaved.size === 0) return;
      for (const incident of [...unsaved.values()]) {
        const { id, kind, openedAt, closedAt, detail } = incident;
        await pool.query(STORE_SQL, [id, kind, processId, incident.place, openedAt, closedAt, detail]);
        if (unsaved.get(id) === incident) unsaved.delete(id);
      }
      write();
    },
  };
}

/** The incidents in the files of processes that are dead; their files are gone after that. */
function takeOver(folder: string, log: Logger): IncidentView[] {
  const found: IncidentView[] = [];
  for (const name of listed(folder)) {
    const path = join(folder, name);
    try {
      const { identity, incidents } = fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
      if (isStillRunning(identity) !== false) continue;
      rmSync(path);
      found.push(...incidents);
    } catch (error) {
      log.warn({ err: error, path }, 'the incidents of an earlier process cannot be read');
    }
  }
  return found;
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}

const LIST_SQL = `
  SELECT id, kind, place, opened_at, closed_at, detail FROM incident
   ORDER BY opened_at DESC, id DESC LIMIT $1`;

const listRow = z.object({
  id: z.string(),
  kind: z.enum(INCIDENT_KINDS),
  place: z.string(),
  opened_at: z.date(),
  closed_at: z.date().nullable(),
  detail: z.string(),
});

/** What went wrong in any process, latest first. */
export async function listIncidents(pool: pg.Pool, limit: number): Promise<IncidentView[]> {
  const { rows } = await pool.query(LIST_SQL, [limit]);
  return z
    .array(listRow)
    .parse(rows)
    .map(({ opened_at, closed_at, ...row }) => ({
      ...row,
      openedAt: opened_at.toISOString(),
      closedAt: closed_at?.toISOString() ?? null,
    }));
}
