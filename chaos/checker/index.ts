/**
 * Holds the book against what clients were told. A small program of its own, which shares no code with what it judges: it
 * knows PostgreSQL, the files that clients wrote, and nothing else.
 *
 *   node chaos/checker/index.ts <folder with the logs> <address of the database>
 *
 * Prints what it found as JSON on the last line; its status is 1 when anything is not as promised.
 */
import { check } from './check.ts';
import { complaintsOf } from './report.ts';

const [folder, url] = process.argv.slice(2);
if (folder === undefined || url === undefined) {
  process.stderr.write('usage: node chaos/checker/index.ts <folder with the logs> <address of the database>\n');
  process.exit(2);
}
const report = await check(folder, url);
const { acknowledged, stored, lost, doubled } = report;
process.stdout.write(`acknowledged ${acknowledged}, stored ${stored}, lost ${lost}, doubled ${doubled}\n`);
for (const complaint of complaintsOf(report)) process.stdout.write(`${complaint}\n`);
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(complaintsOf(report).length > 0 ? 1 : 0);
