import type { PoolClient } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ActivityFilter } from '#domain/filter.ts';
import { createTestBook, type TestBook } from '#testing/book.ts';
import { BOOK_POSITION } from './book-position.ts';
import { countStatement } from './count.ts';
import { gather, gatherStatement } from './gather.ts';
import type { PageQuery } from './page-query.ts';
import { type Hindered, hinder } from './plan.ts';
import { findTermLeads } from './search-leads.ts';
import { BEGIN_READING, inSnapshot, type Read, type Statement } from './snapshot.ts';
import { alongLead } from './timeline.ts';
import { walk } from './walk.ts';
import { alongLeads } from './walk-leads.ts';
import { alongTime } from './walk-time.ts';
import { alongTypes } from './walk-types.ts';

/**
 * The plans of the reads that must stay fast however large the book is, on 40,000 activities of two workspaces over
 * eight months. What is asserted is how many rows a plan touches, for that is what grows.
 */
const ROWS = 40_000;
const MONTHS = 8;

let book: TestBook;
let workspace: string;
let leads: string[];
/** Has a tenth of all activities, where others have a thousandth. */
let busyLead: string;

beforeAll(async () => {
  book = await createTestBook();
  workspace = await book.makeWorkspace();
  for (let month = 0; month < MONTHS; month += 1) {
    await book.pool.query('SELECT ensure_activity_month($1)', [new Date(Date.UTC(2025, month, 1))]);
  }
  await fill(workspace);
  await fill(await book.makeWorkspace());
  const { rows } = await book.pool.query('SELECT id FROM leads WHERE workspace_id = $1 ORDER BY email', [workspace]);
  leads = rows.map(({ id }) => id);
  busyLead = await book.makeLead(workspace, { firstName: 'Busy', airtableRecordId: 'recBUSY' });
  await book.pool.query(
    `INSERT INTO activity (id, workspace_id, door, type, category, occurred_at, subject_key, description, source)
     SELECT gen_random_uuid(), $1, 'lead', 'TYPE_1', 'SMS', '2025-01-01'::timestamptz + n * interval '1 hour',
            'airtable:recBUSY', 'common', 'source:1' FROM generate_series(0, 3999) n`,
    [workspace],
  );
  await book.pool.query('VACUUM ANALYZE');
});
afterAll(() => book.drop());

/** Half of the rows: 1,000 leads, every second activity filed under the lead, the others under its Airtable id. */
async function fill(workspaceId: string): Promise<void> {
  await book.pool.query(
    `INSERT INTO leads (id, workspace_id, first_name, last_name, email, email_key, airtable_record_id)
     SELECT gen_random_uuid(), $1, 'First' || n, 'Last' || n % 97, 'lead' || n || '@example.com',
            'lead' || n || '@example.com', 'rec' || n FROM generate_series(0, 999) n`,
    [workspaceId],
  );
  await book.pool.query(
    `INSERT INTO activity (id, workspace_id, door, type, category, occurred_at, subject_key, subject_ref, description, source)
     SELECT gen_random_uuid(), $1, 'lead', 'TYPE_' || n % 23, 'SMS', '2025-01-01'::timestamptz + n * $3::interval,
            CASE WHEN n % 10 = 0 THEN NULL WHEN n % 2 = 0 THEN 'lead:' || l.id ELSE 'airtable:rec' || n % 1000 END,
            CASE WHEN n % 2 = 1 THEN 'airtable:rec' || n % 1000 END,
            'common ' || CASE WHEN n % 5000 = 1 THEN 'rare' ELSE 'word' || n % 50 END, 'source:' || n % 7
       FROM generate_series(0, $2 / 2 - 1) n
       JOIN leads l ON l.workspace_id = $1 AND l.email_key = 'lead' || n % 1000 || '@example.com'`,
    [workspaceId, ROWS, `${(MONTHS * 28 * 86_400) / (ROWS / 2)} s`],
  );
}

function pageOf(more: Partial<PageQuery> = {}): PageQuery {
  const page = { limit: 51, offset: 0, position: undefined, sort: 'time', order: 'desc' } as const;
  return { workspaceId: workspace, filter: {}, leads: [], ...page, ...more };
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Index Name'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly PlanNode[];
}

interface Plan {
  readonly nodes: readonly string[];
  /** Tables read as a whole, but for the partition that is always empty. */
  readonly scanned: readonly string[];
  readonly indexes: readonly string[];
  /** Rows that scans of tables and indexes gave. */
  readonly rowsRead: number;
  /** Of these, rows of activities. */
  readonly activitiesRead: number;
}

/** How the statement is run. `generic`: with the plan that a prepared statement keeps for all values. */
async function planOf(statement: Statement, options: { generic?: boolean; hindered?: Hindered } = {}): Promise<Plan> {
  const client = await book.pool.connect();
  try {
    if (options.generic) await client.query('SET plan_cache_mode = force_generic_plan');
    return await inSnapshotOf(client, async (read) => {
      if (options.hindered) await hinder(read, options.hindered);
      const text = `EXPLAIN (ANALYZE, FORMAT JSON) ${statement.text}`;
      const [row] = await read<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>({
        ...statement,
        text,
        name: `plan_${Math.random()}`,
      });
      return summarize(row?.['QUERY PLAN'][0].Plan);
    });
  } finally {
    client.release(true);
  }
}

async function inSnapshotOf<T>(client: PoolClient, work: (read: Read) => Promise<T>): Promise<T> {
  await client.query(BEGIN_READING);
  return work(async ({ text, values = [], name }) => (await client.query({ text, values: [...values], name })).rows);
}

function summarize(root: PlanNode | undefined): Plan {
  const all: PlanNode[] = [];
  const visit = (node: PlanNode) => {
    all.push(node);
    node.Plans?.forEach(visit);
  };
  if (root) visit(root);
  const scans = all.filter((node) => node['Relation Name'] !== undefined);
  return {
    nodes: [...new Set(all.map((node) => node['Node Type']))],
    scanned: scans
      .flatMap((node) => (node['Node Type'] === 'Seq Scan' ? [node['Relation Name'] ?? ''] : []))
      .filter((name) => name !== 'activity_default'),
    indexes: [...new Set(all.flatMap((node) => node['Index Name'] ?? []))],
    rowsRead: rowsOf(scans),
    activitiesRead: rowsOf(scans.filter((node) => node['Relation Name']?.startsWith('activity'))),
  };
}

function rowsOf(scans: readonly PlanNode[]): number {
  return scans.reduce((sum, node) => sum + node['Actual Rows'] * node['Actual Loops'], 0);
}

const noWholeTable = (plan: Plan) => expect(plan.scanned).toEqual([]);
const noWholePartition = (plan: Plan) => expect(plan.scanned).not.toContainEqual(expect.stringMatching(/^activity/));

describe('the plan of', () => {
  const from = '2025-04-10T00:00:00Z';
  const place = { group: '', occurredAt: from, id: '01970000-0000-7000-8000-000000000000' };

  test.each([false, true])('a page of the feed walks the index of time (generic: %s)', async (generic) => {
    for (const query of [
      pageOf(),
      pageOf({ position: place }),
      pageOf({ order: 'asc' }),
      pageOf({ filter: { from } }),
    ]) {
      const plan = await planOf(alongTime(query), { generic });
      noWholePartition(plan);
      expect(plan.activitiesRead).toBeLessThan(51 * 2);
    }
  });

  test.each([false, true])(
    'a page of a timeline reads its own rows alone, first page or last (generic: %s)',
    async (generic) => {
      for (const [leadId = '', position] of [
        [leads[123]],
        [leads[123], place],
        [busyLead],
        [busyLead, place],
      ] as const) {
        const plan = await planOf(alongLead(workspace, { leadId }, 11, position), { generic, hindered: 'gathering' });
        noWholeTable(plan);
        const months = plan.indexes.filter((name) => /^activity_2025_.*subject_key/.test(name));
        expect(months).toHaveLength(position ? 4 : MONTHS);
        expect(plan.rowsRead).toBeLessThan(60);
      }
    },
  );

  test.each([false, true])(
    'the place of a page in the stream looks at the ends of indexes (generic: %s)',
    async (generic) => {
      const plan = await planOf(BOOK_POSITION, { generic });
      expect(plan.rowsRead).toBeLessThan(15);
    },
  );

  test('a page by type or by lead stops when it is full', async () => {
    for (const order of ['asc', 'desc'] as const) {
      const byType = await planOf(alongTypes(pageOf({ sort: 'type', order })), { hindered: 'gathering' });
      noWholeTable(byType);
      expect(byType.activitiesRead).toBeLessThan(1_000);
      const byLead = await planOf(alongLeads(pageOf({ sort: 'lead', order })), { hindered: 'gathering' });
      noWholePartition(byLead);
      expect(byLead.activitiesRead).toBeLessThan(1_000);
    }
  });

  test('a count is of the index alone', async () => {
    const plan = await planOf(countStatement(pageOf({ filter: { from } })), { generic: true });
    noWholeTable(plan);
    expect(plan.nodes).toContain('Index Only Scan');
  });

  test('a gathered search goes by the index of words and of keys', async () => {
    for (const [search, most] of [
      ['rare', 60],
      ['absent', 10],
      ['lead77@example.com', 150],
      ['rare common', 60],
      ['rare -lead5', 60],
    ] as const) {
      const filter = { search };
      const leads = await inSnapshot(book.pool, (read) => findTermLeads(read, workspace, filter));
      const plan = await planOf(gatherStatement(pageOf({ filter, leads })), { hindered: 'walking' });
      noWholeTable(plan);
      expect(plan.indexes.some((name) => name.includes('search'))).toBe(true);
      expect(plan.rowsRead).toBeLessThan(most);
    }
  });
});

test('gathered and walked pages are the same, in every order', async () => {
  const filters: ActivityFilter[] = [
    {},
    { search: 'rare' },
    { search: 'word7 -lead7' },
    { search: 'first33' },
    { types: ['TYPE_3', 'TYPE_11'], from: '2025-01-20T00:00:00Z' },
    { sources: ['source:3'], before: '2025-02-01T00:00:00Z' },
  ];
  // Few enough to be gathered: the other workspace has as many.
  await inSnapshot(book.pool, async (read) => {
    for (const filter of filters.map((more) => ({ before: '2025-03-15T00:00:00Z', ...more }))) {
      const leads = await findTermLeads(read, workspace, filter);
      for (const sort of ['time', 'type', 'lead'] as const) {
        for (const order of ['asc', 'desc'] as const) {
          let position: PageQuery['position'];
          for (const offset of [0, 40, 0, 3000]) {
            const query = pageOf({ filter, leads, sort, order, limit: 20, offset, position });
            const gathered = await gather(read, query);
            expect(await walk(read, query)).toEqual(gathered?.rows);
            const last = gathered?.rows.at(-1);
            const group = { time: '', type: last?.type ?? '', lead: last?.lead?.id ?? '' }[sort];
            position = last && { group, occurredAt: last.occurredAt, id: last.id };
          }
        }
      }
    }
  });
});
