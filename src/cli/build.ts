/** `npm run build`: builds the pages unless they are built from these very sources. */
import { fileURLToPath } from 'node:url';
import { chooseProductionCode } from '#platform/production.ts';
import { buildWhenNeeded } from '#runtime/build.ts';

chooseProductionCode();
const root = fileURLToPath(new URL('../..', import.meta.url));
await buildWhenNeeded(root, () => process.stdout.write('Building the pages …\n'));
