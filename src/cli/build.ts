/** `npm run build`: builds the pages unless they are built from these very sources. */
import { fileURLToPath } from 'node:url';
import { buildWhenNeeded } from '#runtime/build.ts';

Object.assign(process.env, { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' });
const root = fileURLToPath(new URL('../..', import.meta.url));
await buildWhenNeeded(root, process.env, () => process.stdout.write('Building the pages …\n'));
