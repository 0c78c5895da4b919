import { INGEST_KEY, type IngestApp, startIngestApp } from '#testing/ingest-app.ts';
import { buildWorkflows } from '../templates/index.ts';
import { DEFAULTS } from '../templates/settings.ts';
import { TRIGGERS } from './names.ts';
import { type Played, play } from './play.ts';
import { type AirtableRecord, createWorld, type HttpAnswer, type World } from './world.ts';

export interface WorldDraft {
  readonly leads?: readonly AirtableRecord[];
  readonly queue?: readonly AirtableRecord[];
  /** In place of the bridge. */
  readonly answer?: () => HttpAnswer;
}

/** The workflows, the real bridge, and worlds for them. */
export interface Stage {
  readonly app: IngestApp;
  worldOf(draft?: WorldDraft): World;
  /** Executes a workflow from its trigger, each time under another execution id. */
  execute(name: string, world: World, item?: Readonly<Record<string, unknown>>): Promise<Played>;
  /** The execution id of the last one. */
  readonly executionId: string;
  /** What the book holds under a key of the caller. */
  storedUnder(key: unknown): Promise<unknown[]>;
  stop(): Promise<void>;
}

export async function startStage(): Promise<Stage> {
  const app = await startIngestApp();
  let executions = 30_000;
  return {
    app,
    worldOf: ({ leads = [], queue = [], answer } = {}) =>
      createWorld({
        tables: { Leads: leads, [DEFAULTS.AIRTABLE_RETRY_QUEUE]: queue },
        bridge: { url: app.url, key: INGEST_KEY },
        ...(answer && { answer }),
      }),
    execute(name, world, item = {}) {
      const workflow = [...buildWorkflows({ HISTORYBOOK_URL: app.url }).values()].find((one) => one.name === name);
      const trigger = TRIGGERS[name];
      if (!workflow || !trigger) throw new Error(`there is no workflow ${name}`);
      executions += 1;
      return play(workflow, { world, trigger, items: [item], executionId: String(executions) });
    },
    get executionId() {
      return String(executions);
    },
    async storedUnder(key) {
      const { rows } = await app.database.pool.query(STORED_UNDER_SQL, [key]);
      return rows;
    },
    stop: () => app.stop(),
  };
}

const STORED_UNDER_SQL = `
  SELECT a.type, a.category, a.source, a.execution_id, a.subject_key, a.description, a.message, a.metadata,
         a.occurred_at
  FROM activity a JOIN activity_key k ON k.activity_id = a.id
  WHERE k.key = 'key:' || $1`;

/** The rows of Retry_Queue. */
export function queueOf(world: World): AirtableRecord[] {
  return world.tables.get(DEFAULTS.AIRTABLE_RETRY_QUEUE) ?? [];
}

/** The entries that were prepared. */
export function prepared(played: Played) {
  return played.given('Prepare Activity Log Entry');
}

/** In place of the bridge: nobody there. */
export function nobodyThere(): never {
  throw new Error('fetch failed', {
    cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
  });
}

/** In place of the bridge: one that fails. */
export function broken(): HttpAnswer {
  return { status: 500, text: JSON.stringify({ error: 'x', code: 'INTERNAL', message: 'Went wrong.' }) };
}
