import type { NewActivity } from '#domain/activity.ts';
import { uuidv7 } from '#domain/ids.ts';
import { emailKey, phoneKey } from '#domain/lead.ts';
import { appendActivities } from '#platform/db/append.ts';
import { createMonths } from '#platform/db/months.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** A book on a database of its own, written to by the one INSERT there is, for tests of what reads it. */
export interface TestBook extends TestDatabase {
  makeWorkspace(timeZone?: string): Promise<string>;
  makeLead(workspaceId: string, lead?: LeadKeys): Promise<string>;
  /** Changes the keys and names of a lead, as the CRM does. */
  changeLead(leadId: string, lead: LeadKeys): Promise<void>;
  /** Puts activities into the book, in this order, and gives their ids. */
  log(workspaceId: string, ...activities: readonly Partial<NewActivity>[]): Promise<string[]>;
}

export interface LeadKeys {
  readonly airtableRecordId?: string | null;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly company?: string | null;
}

export async function createTestBook(): Promise<TestBook> {
  const database = await createTestDatabase();
  const { pool } = database;
  const months = createMonths(pool);
  return {
    ...database,
    async makeWorkspace(timeZone = 'UTC') {
      const id = uuidv7(Date.now());
      const sql = 'INSERT INTO workspace (id, name, slug, time_zone) VALUES ($1, $2, $2, $3)';
      await pool.query(sql, [id, `workspace-${id}`, timeZone]);
      return id;
    },
    async makeLead(workspaceId, lead = {}) {
      const id = uuidv7(Date.now());
      const columns = Object.entries(toColumns(lead));
      const names = columns.map(([name]) => `, ${name}`).join('');
      const places = columns.map((_, at) => `, $${at + 3}`).join('');
      const sql = `INSERT INTO leads (id, workspace_id${names}) VALUES ($1, $2${places})`;
      await pool.query(sql, [id, workspaceId, ...columns.map(([, value]) => value)]);
      return id;
    },
    async changeLead(leadId, lead) {
      const columns = Object.entries(toColumns(lead));
      const set = columns.map(([name], at) => `${name} = $${at + 2}`).join(', ');
      await pool.query(`UPDATE leads SET ${set} WHERE id = $1`, [leadId, ...columns.map(([, value]) => value)]);
    },
    async log(workspaceId, ...activities) {
      const rows = activities.map((activity) => newActivity(workspaceId, activity));
      await months.ensure(rows.map(({ occurredAt }) => occurredAt));
      const outcomes = await appendActivities(async (sql, params) => (await pool.query(sql, [...params])).rows, rows);
      for (const { outcome } of outcomes) if (outcome !== 'stored') throw new Error(`not stored: ${outcome}`);
      return rows.map(({ id }) => id);
    },
  };
}

let made = 0;

/** Unless it says when it happened, it happened a millisecond after the one made before it. */
function newActivity(workspaceId: string, values: Partial<NewActivity>): NewActivity {
  made += 1;
  const occurredAt = new Date(Date.UTC(2025, 10, 7, 12) + made);
  return {
    id: uuidv7(occurredAt.getTime()),
    workspaceId,
    door: 'lead',
    type: 'MESSAGE_SENT',
    category: 'SMS',
    occurredAt,
    description: 'SMS sent',
    source: 'test:book',
    ...values,
  };
}

function toColumns(lead: LeadKeys): Record<string, string | null> {
  const { airtableRecordId, firstName, lastName, email, phone, company } = lead;
  const columns = {
    airtable_record_id: airtableRecordId,
    first_name: firstName,
    last_name: lastName,
    email,
    email_key: email && emailKey(email),
    phone,
    phone_key: phone && phoneKey(phone),
    company,
  };
  return Object.fromEntries(
    Object.entries(columns).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
