/** Turns the modules in code/ into what a Code node runs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', 'code');
const IMPORT = /^import \{[^}]*\} from '\.\/(?:lib\/)?([a-z]+)\.js';\n/gm;

/** What n8n gives to a Code node and the modules take as arguments. */
const CALL = `return run({
  $,
  $input,
  $execution,
  $runIndex,
  // A copy of this node gets an id of its own.
  $nodeId: typeof $nodeId === 'undefined' ? $prevNode.name : $nodeId,
});
`;

/**
 * The code of code/`file`.js for a Code node: one text without imports and exports that calls `run`.
 * @throws Error for a module that n8n could not run
 */
export function readCode(file: string): string {
  const texts = gather(`${file}.js`, new Map());
  const bundle = [...texts.values()].join('\n');
  if (/^(import|export) /m.test(bundle))
    throw new Error(`code/${file}.js imports or exports in a way that is not known`);
  return `// Historybook: integrations/n8n/code/${file}.js\n${bundle}\n${CALL}`;
}

/** A module behind those that it needs, each once. */
function gather(path: string, texts: Map<string, string>): Map<string, string> {
  if (texts.has(path)) return texts;
  const source = readFileSync(join(FOLDER, path), 'utf8');
  for (const [, name] of source.matchAll(IMPORT)) gather(`lib/${name}.js`, texts);
  texts.set(
    path,
    source
      .replace(IMPORT, '')
      .replace(/^export /gm, '')
      .trim()
      .concat('\n'),
  );
  return texts;
}
