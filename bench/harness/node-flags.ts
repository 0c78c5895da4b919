import { readFileSync } from 'node:fs';

/** The flags of Node with which `npm start` runs the server, so that what is measured is what people get. */
export function startFlags(): string[] {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { scripts }: { scripts: { start: string } } = JSON.parse(text);
  return scripts.start.split(' ').filter((word) => word.startsWith('--'));
}
