/** The page that tells what was seen. */
import type { Observation } from './observe.ts';
import type { Scene } from './scenes.ts';

export interface Report {
  readonly at: Date;
  readonly n8n: string;
  readonly observations: readonly Observation[];
  readonly scenes: readonly Scene[];
  /** Addresses that n8n asked for besides Airtable, Slack and SimpleTexting. */
  readonly strangers: readonly string[];
}

const COLUMNS = [
  'flow',
  'bridge',
  'executions',
  'the bridge answered',
  'writing took',
  'in the book',
  'Retry_Queue',
  'Slack',
  'drained',
  'in the book then',
  'set off again',
  'doubled',
] as const;

export function toMarkdown({ at, n8n, observations, scenes, strangers }: Report): string {
  const wrong = [
    ...observations.flatMap((one) => one.wrong.map((what) => `${one.flow}, bridge ${one.bridge}: ${what}`)),
    ...scenes.filter(({ isRight }) => !isRight).map(({ name }) => name),
  ];
  return [
    '# The n8n workflows in a real n8n',
    '',
    `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC, n8n ${n8n}, Node ${process.versions.node}. Written by \`integrations/n8n/run\`.`,
    '',
    wrong.length === 0
      ? 'Everything was as it must be.'
      : `**Not as it must be:**\n\n${wrong.map((one) => `- ${one}`).join('\n')}`,
    '',
    HOW,
    '',
    '## Each flow, with the bridge up, down, broken, and losing its answer',
    '',
    READING,
    '',
    row(COLUMNS),
    row(COLUMNS.map(() => '---')),
    ...observations.map((one) => row(cellsOf(one))),
    row(totalsOf(observations)),
    '',
    '## Whatever else can happen',
    '',
    row(['', 'seen', '']),
    row(['---', '---', '---']),
    ...scenes.map(({ name, seen, isRight }) => row([name, seen, isRight ? 'as it must be' : '**wrong**'])),
    '',
    `Addresses that n8n asked for besides these (and was refused): ${strangers.join(', ') || 'none'}.`,
    '',
    REPEAT,
    '',
  ].join('\n');
}

const HOW = `The bridge is the real one, on its own embedded database. Airtable, Slack and SimpleTexting are receivers on this machine that
answer as those do; n8n reaches them under their own names, through a proxy, so that the workflows are those of
[integrations/n8n](../integrations/n8n) node for node, with no other change than the address of the bridge. The receiver of Airtable
evaluates the formulas of the searches. Schedules are executed by *Execute workflow*, webhooks by a request to their production address.`;

const READING = `*up*: the bridge answers. *down*: nobody listens at its address, so its tries are in no list: three with two pauses of two seconds
take four. *500*: it answers so each time. *answer lost*: it takes the event, and the connection is cut before the first answer. Counts are
of events; *in the book* before anything was mended. Then the bridge is up, \`next_retry_at\` is cleared, and
*UYSP-Retry-Queue-Drain* is executed: *drained* are the rows that are \`done\` after it. Last, everything is set off once more as it was,
as a provider does that delivers twice: 200 is \`duplicate\`, also for reports that have no time of their own. In each row the payload of every row of Retry_Queue was compared with the output of
*Prepare Activity Log Entry*: they are equal.`;

const REPEAT = `## How to repeat it

n8n is no dependency of Historybook. Install it into a folder of its own, with the Node of Historybook; n8n 2.0.3 wants two
packages held to these versions:

\`\`\`sh
mkdir n8n && cd n8n
echo '{"private":true,"dependencies":{"n8n":"2.0.3"},"overrides":{"xlsx":"0.18.5","@langchain/langgraph-checkpoint":"1.0.0"}}' > package.json
npm install --legacy-peer-deps --ignore-scripts
\`\`\`

Then, in the folder of Historybook (\`openssl\` is needed for a certificate of two days):

\`\`\`sh
node integrations/n8n/run/index.ts --n8n ../n8n --report docs/n8n-runs.md
\`\`\`

It starts everything by itself, in a temporary folder, takes about five minutes, and ends with 1 when something was not as it must be.`;

function cellsOf(one: Observation): string[] {
  const { flow, bridge, executions, answers, inBook, queued, slack, drained, inBookAfterDrain, again, doubled } = one;
  const took = `${(one.wroteWithin / 1000).toFixed(1)} s`;
  const counts = [inBook, queued, slack, drained, inBookAfterDrain].map(String);
  return [flow, bridge, executions, answers, took, ...counts, again, String(doubled)];
}

function totalsOf(all: readonly Observation[]): string[] {
  const sum = (count: (one: Observation) => number) => String(all.reduce((total, one) => total + count(one), 0));
  return [
    '**all**',
    '',
    '',
    '',
    '',
    sum(({ inBook }) => inBook),
    sum(({ queued }) => queued),
    sum(({ slack }) => slack),
    sum(({ drained }) => drained),
    sum(({ inBookAfterDrain }) => inBookAfterDrain),
    '',
    sum(({ doubled }) => doubled),
  ];
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
