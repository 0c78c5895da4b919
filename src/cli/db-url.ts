/**
 * `npm run -s db:url`: prints the address for psql and nothing else, so that `psql "$(npm run -s db:url)"` works. It holds
 * the password. Starts nothing and changes nothing: the embedded server runs as long as the application does.
 */
import { ConfigError, loadConfig } from '#platform/config.ts';
import { findEmbeddedUrl } from '#platform/embedded/postgres.ts';
import { readKeptSecrets } from '#platform/secrets.ts';

try {
  const { databaseUrl, dataDir } = loadConfig();
  const url = databaseUrl ?? findEmbeddedUrl(dataDir, readKeptSecrets(dataDir)?.pgPassword ?? '');
  if (url === undefined) throw new Error(`No database runs for ${dataDir}: start the application first (npm start).`);
  process.stdout.write(`${url}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ConfigError ? error.exitCode : 1;
}
