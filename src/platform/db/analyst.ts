import pg from 'pg';

/** Reads the book and cannot change it. A role of the embedded server, known under this name in psql. */
export const ANALYST = 'historybook_analyst';

/**
 * What an analyst may read: the views under their published names, and what they join. Given by name, so that nothing
 * becomes readable by being made; never on a partition. Passwords, sessions, keys and their hashes, refused bodies and
 * kept headers are none of it.
 */
const READABLE = [
  'lead_activity_log',
  'activity',
  'lead_identity',
  'leads',
  'campaigns',
  'enrollments',
  'notes',
  'custom_type',
  'workspace',
  'membership',
  'account_user (id, name, email, created_at, disabled_at)',
] as const;

/** Two processes of one DATA_DIR may do this at the same moment. */
const ONE_AT_A_TIME = `SELECT pg_advisory_xact_lock(hashtextextended('historybook:analyst', 0))`;

const CREATE = `
DO $$
BEGIN
  CREATE ROLE ${ANALYST};
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
END $$`;

/**
 * The role can do nothing but read in any case, because it is given nothing else; read-only transactions say so in
 * plainer words. Bounds, because the application shares the server: no query for ever, no open transaction that holds
 * up cleaning, no taking of all connections.
 */
const ATTRIBUTES = [
  `ALTER ROLE ${ANALYST} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 10`,
  `ALTER ROLE ${ANALYST} SET default_transaction_read_only = on`,
  `ALTER ROLE ${ANALYST} SET statement_timeout = '5min'`,
  `ALTER ROLE ${ANALYST} SET idle_in_transaction_session_timeout = '10min'`,
];

/**
 * Makes the role, or brings one that an older version made up to date: its password and what it may read. Needs a
 * superuser's address, as the embedded server's is, after the migrations.
 */
export async function ensureAnalyst(url: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'historybook-analyst' });
  await client.connect();
  try {
    await client.query('BEGIN');
    for (const sql of [ONE_AT_A_TIME, CREATE, ...ATTRIBUTES, ...grants(), passwordOf(password)])
      await client.query(sql);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

function grants(): string[] {
  return [
    `REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ${ANALYST}`,
    `GRANT USAGE ON SCHEMA public TO ${ANALYST}`,
    ...READABLE.map((readable) => {
      const [table, columns = ''] = readable.split(/ (?=\()/);
      return `GRANT SELECT ${columns} ON ${table} TO ${ANALYST}`;
    }),
  ];
}

function passwordOf(password: string): string {
  return `ALTER ROLE ${ANALYST} PASSWORD ${pg.escapeLiteral(password)}`;
}
