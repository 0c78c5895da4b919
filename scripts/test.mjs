/**
 * `npm test`: every check there is, one after the other, and one closing line that adds them up.
 * `npm test -- unit int` runs the named parts only: types, lint, imports, dead, unit, int, e2e.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { findChromium } from './find-chromium.mjs';

const results = mkdtempSync(join(tmpdir(), 'historybook-test-'));
const wanted = process.argv.slice(2);
const totals = { passed: 0, failed: 0, skipped: 0 };
/** What failed, by name: said once more at the end, where it is seen. */
const failures = [];

check('types', 'tsc', ['--noEmit', '-p', '.']);
check('lint', 'biome', ['check', '.', '--error-on-warnings']);
check('imports', 'node', ['scripts/check-imports.mjs']);
check('dead', 'knip', []);
vitest('unit');
// Built once here: the tests that start the application would otherwise wait for each other's build.
if (['int', 'e2e'].some(isIncluded)) check('build', 'node', ['src/cli/build.ts'], true);
vitest('int');
playwright('e2e');

if (failures.length > 0) console.log(`\nFailed:\n${failures.map((name) => `- ${name}`).join('\n')}`);
const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : '';
console.log(`\n${totals.passed} passed, ${totals.failed} failed${skipped}`);
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);

function isIncluded(part) {
  return wanted.length === 0 || wanted.includes(part);
}

function isWanted(part) {
  const yes = isIncluded(part);
  if (yes) console.log(`\n── ${part}`);
  return yes;
}

function run(command, args, env = {}) {
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } }).status;
}

/** A check that holds or does not counts as one test. */
function check(part, command, args, isNeeded = false) {
  if (!isNeeded && !isWanted(part)) return;
  if (run(command, args) === 0) totals.passed += 1;
  else {
    totals.failed += 1;
    failures.push(part);
  }
}

function vitest(part) {
  if (!isWanted(part)) return;
  const file = join(results, `${part}.json`);
  const status = run('vitest', [
    'run',
    '--project',
    part,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  const report = readReport(file);
  for (const { name, status: suite, message, assertionResults } of report?.testResults ?? []) {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    for (const test of failed) failures.push(describe(name, test.fullName, test.failureMessages[0]));
    if (suite === 'failed' && failed.length === 0) failures.push(describe(name, '', message));
  }
  add(report?.numPassedTests ?? 0, report?.numFailedTests ?? 0, report?.numPendingTests ?? 0, status);
}

function playwright(part) {
  if (!isWanted(part)) return;
  const file = join(results, 'e2e.json');
  const status = run('playwright', ['test', '--reporter=list,json'], {
    CHROMIUM_PATH: findChromium(),
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
  });
  const report = readReport(file);
  const stats = report?.stats;
  for (const spec of (report?.suites ?? []).flatMap(specsOf)) {
    if (spec.ok) continue;
    const error = spec.tests.flatMap((test) => test.results).findLast((result) => result.error)?.error;
    failures.push(describe(spec.file, spec.title, error?.message));
  }
  add((stats?.expected ?? 0) + (stats?.flaky ?? 0), stats?.unexpected ?? 0, stats?.skipped ?? 0, status);
}

function specsOf(suite) {
  return [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specsOf)];
}

/** One line for a failure: where, which test, and the first lines of what it said, without their colours. */
function describe(file, test, message = '') {
  const said = stripVTControlCharacters(message).split('\n').slice(0, 3).join(' ').slice(0, 300);
  return [relative(process.cwd(), file), test, said].filter(Boolean).join(' › ');
}

function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** A runner that failed without naming a failed test (it crashed, or a suite did not load) counts as a failure. */
function add(passed, failed, skippedTests, status) {
  totals.passed += passed;
  totals.failed += status !== 0 && failed === 0 ? 1 : failed;
  totals.skipped += skippedTests;
}
