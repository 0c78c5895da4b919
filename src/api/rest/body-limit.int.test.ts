import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIMITS } from '#doors/lead/log-activity.ts';
import { type Callers, startWithCallers } from '#testing/callers.ts';

/** A body that does not say how long it is, and does not end, must not be waited for, nor kept. */
let callers: Callers;
beforeAll(async () => {
  callers = await startWithCallers();
});
afterAll(() => callers.stop());

interface Answer {
  readonly status: number | undefined;
  readonly text: string;
}

/** Sends so many blanks in pieces and leaves the request open; resolves with what is answered all the same. */
function answerToBlanks(path: string, bytes: number, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request(`${callers.url}${path}`, { method: 'POST', headers });
    req.on('error', reject);
    req.on('response', async (res) => {
      const parts: Buffer[] = [];
      for await (const part of res) parts.push(Buffer.from(part));
      resolve({ status: res.statusCode, text: Buffer.concat(parts).toString() });
      req.destroy();
    });
    const piece = Buffer.alloc(64 * 1024, ' ');
    for (let sent = 0; sent < bytes; sent += piece.length) req.write(piece);
  });
}

describe('a body that goes on and on', () => {
  const json = { 'content-type': 'application/json' };

  test.each([
    ['/api/internal/leads', 4 * 2 ** 20, json],
    ['/api/admin/retry-queue/replay', 64 * 1024, json],
    ['/api/admin/retry-queue/replay', 64 * 1024, {}],
    ['/api/internal/log-activity/batch', LIMITS.batchBytes, json],
  ])('%s is told at %i bytes that it is too large', async (path, limit, type) => {
    const headers = { ...callers.person('ADMIN').headers, ...type };
    const { status, text } = await answerToBlanks(path, limit + 128 * 1024, headers);
    expect([status, JSON.parse(text).code]).toEqual([413, 'TOO_LARGE']);
  });

  test('to a procedure is told so in the words of tRPC', async () => {
    const headers = { ...callers.person('CLIENT').headers, ...json };
    const path = '/api/trpc/session.switchWorkspace';
    const { status, text } = await answerToBlanks(path, LIMITS.batchBytes + 128 * 1024, headers);
    expect([status, JSON.parse(text).error.json.data.app.code]).toEqual([413, 'TOO_LARGE']);
  });
});
