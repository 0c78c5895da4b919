import { expect, test } from 'vitest';
import { withSessionOptions } from './session-options.ts';

const BASE = 'postgresql://me:a%3Fsecret@host:5432/book';
const OURS = '-c TimeZone=UTC -c synchronous_commit=on';

test.each([
  ['no query', BASE, BASE, OURS],
  [
    'other parameters, as they are written',
    `${BASE}?sslmode=require&host=%2Ftmp`,
    `${BASE}?sslmode=require&host=%2Ftmp`,
    OURS,
  ],
  ['options alone', `${BASE}?options=-c%20work_mem%3D5MB`, BASE, `-c work_mem=5MB ${OURS}`],
  [
    'options among others',
    `${BASE}?sslmode=require&options=-c+TimeZone%3DAsia/Tokyo&ssl=1`,
    `${BASE}?sslmode=require&ssl=1`,
    `-c TimeZone=Asia/Tokyo ${OURS}`,
  ],
  ['a name that only begins so', `${BASE}?optionsx=1`, `${BASE}?optionsx=1`, OURS],
])('an address with %s', (_, given, url, options) => {
  expect(withSessionOptions(given)).toEqual({ url, options });
});
