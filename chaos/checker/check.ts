import pg from 'pg';
import { createExamples } from './examples.ts';
import { fingerprint } from './fingerprint.ts';
import { checkFollowers } from './followers.ts';
import { readAcknowledgements, UNKNOWN } from './logs.ts';
import type { CheckReport } from './report.ts';

interface Told {
  /** The id that the first receipt named. */
  readonly id: string;
  /** Those that others named, if there are such. */
  others?: string[];
  readonly fingerprint: string;
  seen: number;
}

interface Row {
  readonly position: string;
  readonly id: string;
  readonly token: string | null;
  readonly type: string;
  readonly category: string;
  readonly lead: string | null;
  readonly description: string;
  readonly message: string | null;
  readonly metadata: unknown;
  readonly source: string;
  readonly at: Date;
}

const PAGE = 10_000;
/** In the order of the book, a page at a time. What the book itself notes of a lead was sent by nobody. */
const ROWS_SQL = `
  SELECT seq::text AS position, id, execution_id AS token, type, category, lead_airtable_id AS lead, description, message, metadata,
         source, occurred_at AS at
    FROM activity WHERE seq > $1 AND type <> 'lead.identified' ORDER BY seq LIMIT ${PAGE}`;
/** Ids that receipts named for what is in the book under another. */
const ALIASES_SQL = 'SELECT id AS alias, activity_id AS id FROM activity_alias';
const QUARANTINED_SQL =
  "SELECT count(DISTINCT body->>'executionId') FROM quarantine WHERE body->>'executionId' = ANY($1)";

/** Reads everything and judges it. */
export async function check(folder: string, url: string): Promise<CheckReport> {
  const examples = createExamples();
  const told = new Map<string, Told>();
  const untold = new Map<string, boolean>();
  let receipts = 0;
  for await (const { token, id, fingerprint: print } of readAcknowledgements(folder)) {
    receipts += 1;
    if (token === UNKNOWN) {
      untold.set(id, false);
      continue;
    }
    const known = told.get(token);
    if (!known) told.set(token, { id, fingerprint: print, seen: 0 });
    else if (known.id !== id) known.others = [...(known.others ?? []), id];
  }

  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const aliases = await client.query<{ alias: string; id: string }>(ALIASES_SQL);
    const byAlias = new Map(aliases.rows.map(({ alias, id }) => [alias, id]));
    for (const alias of [...untold.keys()].filter((id) => byAlias.has(id))) {
      untold.delete(alias);
      untold.set(byAlias.get(alias) ?? alias, false);
    }
    const positions: string[] = [];
    const ids: string[] = [];
    let [doubled, wrongBody, strangers, otherId, strayReceipts, aliased] = [0, 0, 0, 0, 0, 0];
    for await (const row of rowsOf(client)) {
      positions.push(row.position);
      ids.push(row.id);
      const one = row.token === null ? undefined : told.get(row.token);
      if (!one) {
        if (untold.has(row.id)) untold.set(row.id, true);
        else {
          strangers += 1;
          examples.add('strangers', row.id);
        }
        continue;
      }
      one.seen += 1;
      if (one.seen === 2) {
        doubled += 1;
        examples.add('doubled', `${row.token}: ${one.id} and ${row.id}`);
      }
      const receiptIds = [one.id, ...(one.others ?? [])];
      const named = receiptIds.map((id) => byAlias.get(id) ?? id);
      aliased += receiptIds.filter((id) => byAlias.has(id)).length;
      if (one.seen === 1 && !named.includes(row.id)) {
        otherId += 1;
        examples.add('otherId', `${row.token}: receipt ${one.id}, stored ${row.id}`);
      } else if (one.seen === 1) {
        const stray = named.filter((id) => id !== row.id);
        strayReceipts += stray.length;
        if (stray[0] !== undefined)
          examples.add('strayReceipts', `${row.token}: receipt ${stray[0]}, stored ${row.id}`);
      }
      if (one.fingerprint !== UNKNOWN && !fits(one.fingerprint, row)) {
        wrongBody += 1;
        examples.add('wrongBody', `${row.token}: ${row.id}`);
      }
    }
    const missing = [...told].filter(([, { seen }]) => seen === 0);
    for (const [token, { id }] of missing) examples.add('lost', `${token}: ${id}`);
    const missingIds = [...untold].filter(([, isThere]) => !isThere);
    for (const [id] of missingIds) examples.add('lost', id);
    const lost = missing.length + missingIds.length;
    const tokens = missing.map(([token]) => token);
    const quarantined = await client.query<{ count: string }>(QUARANTINED_SQL, [tokens]);
    const acknowledged = told.size + untold.size;
    return {
      acknowledged,
      receipts,
      stored: acknowledged - lost,
      lost,
      lostToQuarantine: Number(quarantined.rows[0]?.count ?? 0),
      doubled,
      wrongBody,
      otherId,
      strayReceipts,
      aliased,
      strangers,
      ...(await checkFollowers(folder, positions, ids, examples)),
      examples: examples.all,
    };
  } finally {
    await client.end();
  }
}

async function* rowsOf(client: pg.Client): AsyncGenerator<Row> {
  for (let after = '0'; ; ) {
    const { rows } = await client.query<Row>(ROWS_SQL, [after]);
    yield* rows;
    const last = rows.at(-1);
    if (!last) return;
    after = last.position;
  }
}

/** A client that left the time to the server has signed the rest. */
function fits(print: string, { type, category, lead, description, message, metadata, source, at }: Row): boolean {
  const content = { type, category, lead, description, message, metadata, source };
  return print === fingerprint({ ...content, at: at.getTime() }) || print === fingerprint({ ...content, at: null });
}
