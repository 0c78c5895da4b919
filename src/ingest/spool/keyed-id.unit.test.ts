import { expect, test } from 'vitest';
import { z } from 'zod';
import { keyedId } from './keyed-id.ts';

const WORKSPACE = '0197c1a0-0000-7000-8000-000000000000';

test('the same workspace and key always give the same UUID of version 8', () => {
  expect(keyedId(WORKSPACE, 'key:1')).toBe('4ce1f8c0-3c7e-895d-8139-159e39a797ef');
  for (const key of ['key:1', '', 'body:ff', 'ü'.repeat(255)]) {
    const id = keyedId(WORKSPACE, key);
    expect(z.uuid({ version: 'v8' }).safeParse(id).success).toBe(true);
    expect(keyedId(WORKSPACE, key)).toBe(id);
  }
});

test('another workspace or another key gives another id', () => {
  const ids = [keyedId(WORKSPACE, 'a'), keyedId(WORKSPACE, 'b'), keyedId(WORKSPACE.replace('0197', '0198'), 'a')];
  expect(new Set(ids).size).toBe(3);
});
