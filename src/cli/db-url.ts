/**
 * `npm run -s db:url`: prints the address for psql and nothing else, so that `psql "$(npm run -s db:url)"` works. It holds
 * the password of a role that reads the book and cannot change it; with `-- --owner` that of the owner, for emergencies.
 * Starts nothing and changes nothing: the embedded server runs as long as the application does.
 */
import { parseArgs } from 'node:util';
import { ConfigError, loadConfig } from '#platform/config.ts';
import { ANALYST } from '#platform/db/analyst.ts';
import { findEmbeddedUrl } from '#platform/embedded/postgres.ts';
import { readKeptSecrets } from '#platform/secrets.ts';

const HELP = `npm run -s db:url [-- --owner]

Prints the address for psql, of a role that reads the book and cannot change it: psql "$(npm run -s db:url)"
  --owner   the owner's instead, for emergencies
`;
const GIVEN = 'This is DATABASE_URL as it was given, with the rights of its role: give analysts a role of their own.';
const OWNER = `This is the owner's address: it can change whatever the database does not refuse. For reading, leave --owner out.`;

try {
  const flag = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({ options: { owner: flag, help: { ...flag, short: 'h' } } });
  if (values.help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  const { databaseUrl, dataDir } = loadConfig();
  const note = databaseUrl === undefined ? (values.owner ? OWNER : undefined) : GIVEN;
  const url = databaseUrl ?? embeddedUrl(dataDir, values.owner);
  if (note !== undefined) process.stderr.write(`${note}\n`);
  process.stdout.write(`${url}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ConfigError ? error.exitCode : 1;
}

function embeddedUrl(dataDir: string, isOwner: boolean): string {
  const { pgPassword, analystPassword } = readKeptSecrets(dataDir) ?? {};
  const url = isOwner
    ? findEmbeddedUrl(dataDir, pgPassword ?? '')
    : findEmbeddedUrl(dataDir, analystPassword ?? '', ANALYST);
  if (url === undefined) throw new Error(`No database runs for ${dataDir}: start the application first (npm start).`);
  return url;
}
