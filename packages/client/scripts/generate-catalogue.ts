/** `npm run generate`: writes src/catalogue.ts anew from the catalogue of the server. */
import { writeFileSync } from 'node:fs';
import { catalogueSource } from './catalogue-source.ts';

writeFileSync(new URL('../src/catalogue.ts', import.meta.url), catalogueSource());
