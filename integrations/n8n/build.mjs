/**
 * Writes the workflows: `node integrations/n8n/build.mjs` into this folder, or with other settings elsewhere:
 *   node integrations/n8n/build.mjs --out /tmp/workflows --set HISTORYBOOK_URL=https://history.example.com
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildWorkflows, toFile } from './templates/index.ts';
import { DEFAULTS } from './templates/settings.ts';

const { values } = parseArgs({
  options: { out: { type: 'string' }, set: { type: 'string', multiple: true, default: [] } },
});
const settings = Object.fromEntries(
  values.set.map((pair) => {
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    if (at < 1 || !Object.hasOwn(DEFAULTS, name)) {
      console.error(`--set ${pair}: give NAME=value, the name being one of ${Object.keys(DEFAULTS).join(', ')}`);
      process.exit(2);
    }
    return [name, pair.slice(at + 1)];
  }),
);
if (values.set.length > 0 && values.out === undefined) {
  console.error('With --set, give --out: the files of this folder are built with the defaults.');
  process.exit(2);
}
const folder = resolve(values.out ?? import.meta.dirname);
mkdirSync(folder, { recursive: true });
for (const [file, workflow] of buildWorkflows(settings)) {
  writeFileSync(join(folder, file), toFile(workflow));
  console.log(join(folder, file));
}
