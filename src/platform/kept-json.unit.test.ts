import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createKeptJson } from './kept-json.ts';
import { silentLogger } from './log.ts';

const schema = z.object({ names: z.array(z.string()) });
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kept-'));
  path = join(folder, 'kept.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const keeper = () => createKeptJson({ path, schema, log: silentLogger });

test('what is kept is read again, by its owner alone', () => {
  expect(keeper().read()).toBeUndefined();
  keeper().keep({ names: ['a'] });
  expect(keeper().read()).toEqual({ names: ['a'] });
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('the same value again is not written again; another one replaces it whole', () => {
  const kept = keeper();
  kept.keep({ names: ['a long name that is longer than the next one'] });
  const first = statSync(path).ino;
  kept.keep({ names: ['a long name that is longer than the next one'] });
  expect(statSync(path).ino).toBe(first);
  kept.keep({ names: [] });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ names: [] });
  expect(readdirSync(folder)).toEqual(['kept.json']);
});

test.each(['', '{"names":', '{"names":[1]}'])('a file that says %j is none', (text) => {
  writeFileSync(path, text);
  const kept = keeper();
  expect(kept.read()).toBeUndefined();
  kept.keep({ names: ['new'] });
  expect(keeper().read()).toEqual({ names: ['new'] });
});
