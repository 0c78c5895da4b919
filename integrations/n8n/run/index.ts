/**
 * Runs the workflows in a real n8n, each flow with the bridge up, down, answering 500 and losing answers, and writes what
 * was seen: `node integrations/n8n/run/index.ts --n8n <folder with node_modules/n8n> [--report docs/n8n-runs.md]`.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { BridgeState } from './bridge.ts';
import { CASES } from './cases.ts';
import { type Observation, observe } from './observe.ts';
import { toMarkdown } from './report.ts';
import { SCENES, type Scene } from './scenes.ts';
import { openStage } from './stage.ts';

const STATES: readonly BridgeState[] = ['up', 'down', '500', 'answer lost'];

const { values } = parseArgs({ options: { n8n: { type: 'string' }, report: { type: 'string' } } });
if (values.n8n === undefined) {
  console.error('--n8n: give the folder whose node_modules has n8n. docs/n8n-runs.md says how it is installed.');
  process.exit(2);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const at = new Date();
const stage = await openStage(resolve(values.n8n));
console.log(`n8n ${stage.n8n.version} is set up`);
const observations: Observation[] = [];
const scenes: Scene[] = [];
try {
  for (const [round, state] of STATES.entries()) {
    for (const flow of CASES) {
      const seen = await observe(stage, flow, state, round);
      observations.push(seen);
      console.log(`${seen.wrong.length === 0 ? '✓' : '✗'} ${flow.name}, bridge ${state} ${seen.wrong.join('; ')}`);
    }
  }
  for (const [name, play] of Object.entries(SCENES)) {
    const scene = { name, ...(await play(stage)) };
    scenes.push(scene);
    console.log(`${scene.isRight ? '✓' : '✗'} ${name}: ${scene.seen}`);
  }
} finally {
  await stage.close();
}

const strangers = [...stage.providers.strangers].sort();
const text = toMarkdown({ at, n8n: stage.n8n.version, observations, scenes, strangers });
if (values.report === undefined) console.log(`\n${text}`);
else writeFileSync(values.report, text);
const isRight = observations.every(({ wrong }) => wrong.length === 0) && scenes.every((scene) => scene.isRight);
process.exitCode = isRight ? 0 : 1;
