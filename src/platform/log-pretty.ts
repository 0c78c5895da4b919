import { styleText } from 'node:util';
import { z } from 'zod';

type Style = Parameters<typeof styleText>[0];

const LEVEL_STYLES: ReadonlyMap<string, Style> = new Map<string, Style>([
  ['fatal', ['bold', 'red']],
  ['error', 'red'],
  ['warn', 'yellow'],
  ['info', 'green'],
  ['debug', 'blue'],
  ['trace', 'gray'],
]);

const lineSchema = z.looseObject({ level: z.string(), time: z.string(), msg: z.string().optional() });

/** One JSON log line as a person reads it: `12:34:56.789 info  server started port=3000`. */
export function prettyLine(line: string): string {
  const { level, time, msg, ...fields } = lineSchema.parse(JSON.parse(line));
  const head = `${styleText('gray', time.slice(11, 23))} ${styleText(LEVEL_STYLES.get(level) ?? 'gray', level.padEnd(5))}`;
  const tail = Object.entries(fields).map(([key, value]) => `${styleText('gray', `${key}=`)}${shown(value)}`);
  return [head, msg ?? '', ...tail].join(' ');
}

function shown(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value);
}
