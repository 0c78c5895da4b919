import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signIn } from '#testing/access.ts';
import { INGEST_KEY, type IngestApp, startIngestApp } from '#testing/ingest-app.ts';

const admin = { email: 'admin@example.com', password: 'a password of the tests' };

let app: IngestApp;
let cookie: string;
beforeAll(async () => {
  app = await startIngestApp({ ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password });
  cookie = (await signIn(app.services.access, admin)).get('cookie') ?? '';
});
afterAll(() => app.stop());

/** Asks for the same procedure so many times in one request. */
function batch(size: number, headers: Readonly<Record<string, string>>): Promise<Response> {
  const names = Array.from({ length: size }, () => 'session.current').join(',');
  return fetch(`${app.url}/api/trpc/${names}?batch=1&input=%7B%7D`, { headers });
}

const refusalIn = async (answer: Response) => {
  const body = await answer.json();
  return (Array.isArray(body) ? body[0] : body).error.json.data.app;
};

describe('a batch of procedures', () => {
  test('costs of the allowance of its caller what its procedures would cost one by one', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => batch(50, { cookie })));
    const refused = answers.filter(({ status }) => status === 429);
    // 200 at once and 100 a second: of 1,000 within a moment some four batches, and more where the machine is slow.
    expect(refused.length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(4);
    const [first] = refused;
    expect(Number(first?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(first && (await refusalIn(first))).toMatchObject({ code: 'RATE_LIMITED' });
  });

  test.each([
    ['a key', { 'x-api-key': INGEST_KEY }],
    ['nobody', {}],
  ])('may be of 50 at most, whoever asks: %s', async (_, headers) => {
    expect((await batch(50, headers)).status).toBe(200);
    const answer = await batch(51, headers);
    expect(answer.status).toBe(400);
    expect(await refusalIn(answer)).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: '', message: 'names 51 procedures in one batch; send at most 50 at once' }],
    });
  });
});
