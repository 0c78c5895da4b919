#!/usr/bin/env node
// `npx historybook import …`, `npx historybook parity …`: hands over to the command, under the Node that came with the project.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const COMMANDS = ['import', 'parity'];
const [command, ...rest] = process.argv.slice(2);
const own = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));
const target = fileURLToPath(new URL(`../src/cli/${command}.ts`, import.meta.url));

if (!COMMANDS.includes(command)) {
  const isAsked = command === '--help' || command === '-h' || command === 'help';
  const usage = `Usage: historybook <${COMMANDS.join('|')}> …, with --help after either for what it takes\n`;
  (isAsked ? process.stdout : process.stderr).write(usage);
  process.exit(isAsked ? 0 : 64);
}
const child = spawn(existsSync(own) ? own : process.execPath, [target, ...rest], { stdio: 'inherit' });
// Ctrl-C reaches the child by itself, which ends when it is ready to.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => signal === 'SIGTERM' && child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGKILL' ? 137 : 1)));
