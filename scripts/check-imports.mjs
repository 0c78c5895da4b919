/** Checks the direction of imports, and that the checker saw modules at all: one that reads none would always agree. */
import { readFileSync } from 'node:fs';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import config from '../.dependency-cruiser.mjs';

const { forbidden, options } = config;
const result = await cruise(['src', 'packages'], { ...options, ruleSet: { forbidden }, validate: true }, undefined, {
  tsConfig: extractTSConfig('tsconfig.json'),
});
const { violations, totalCruised, totalDependenciesCruised } = result.output.summary;

for (const { rule, from, to } of violations) console.error(`${rule.severity} ${rule.name}: ${from} → ${to}`);
const aliases = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).imports).length;
console.log(
  `${totalCruised} modules, ${totalDependenciesCruised} imports, ${aliases} aliases, ${violations.length} violations`,
);
if (totalCruised < 50 || totalDependenciesCruised < 100) {
  console.error('The checker saw hardly any modules: its setup is broken.');
  process.exit(1);
}
process.exit(violations.some(({ rule }) => rule.severity === 'error') ? 1 : 0);
