import { describe, expect, test } from 'vitest';
import { builtInType, customType } from '#domain/catalogue/index.ts';
import { AppError } from '#domain/errors.ts';
import { judge } from './judge.ts';
import type { Submission } from './submission.ts';

const NOW = new Date('2025-11-07T12:00:00.000Z');
const ID = '019a5e2a-0000-7000-8000-000000000000';
const SUBMISSION: Submission = {
  workspaceId: '11111111-1111-4111-8111-111111111111',
  door: 'lead',
  type: 'MESSAGE_SENT',
  category: 'SMS',
  occurredAt: undefined,
  leadAirtableId: 'recABC123',
  description: 'SMS sent',
  metadata: { campaign_id: 'c', more: { kept: [1] } },
  source: 'n8n:1',
  idempotencyKey: undefined,
  bodyHash: 'hash',
};

const judged = (values: Partial<Submission>, type = builtInType(values.type ?? SUBMISSION.type)) =>
  judge({ ...SUBMISSION, ...values }, type, ID, NOW);

function refusal(values: Partial<Submission>, type = builtInType(values.type ?? SUBMISSION.type)): AppError {
  try {
    judged(values, type);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

test('makes the activity, which happened now unless it says when, and keeps metadata as they came', () => {
  const activity = judged({});
  expect(activity).toMatchObject({ id: ID, occurredAt: NOW, type: 'MESSAGE_SENT', category: 'SMS', door: 'lead' });
  expect(activity.metadata).toBe(SUBMISSION.metadata);
  expect(activity).not.toHaveProperty('bodyHash');
  expect(activity).not.toHaveProperty('idempotencyKey');
  expect(judged({ metadata: undefined }).metadata).toBeNull();
});

describe('the type', () => {
  test('fixes the category', () => {
    expect(judged({ category: undefined }).category).toBe('SMS');
    const error = refusal({ category: 'BOOKING' });
    expect(error).toMatchObject({ code: 'CATEGORY_MISMATCH', status: 422, issues: [{ path: 'eventCategory' }] });
    expect(error.issues[0]?.message).toBe('must be SMS for MESSAGE_SENT, not "BOOKING"');
    expect(refusal({ category: 'sms' }).code).toBe('CATEGORY_MISMATCH');
  });

  test('must be in the catalogue, and of this door', () => {
    expect(refusal({ type: 'message_sent' })).toMatchObject({ code: 'UNKNOWN_TYPE', issues: [{ path: 'eventType' }] });
    expect(refusal({ type: 'lead.identified', category: 'SYSTEM' }).code).toBe('UNKNOWN_TYPE');
  });

  test('may be one that an admin registered', () => {
    const webinar = customType({
      name: 'webinar.joined',
      category: 'BOOKING',
      label: 'Joined',
      icon: 'star',
      colour: 'teal',
    });
    expect(judged({ type: 'webinar.joined', category: 'BOOKING' }, webinar).category).toBe('BOOKING');
  });
});

describe('the time', () => {
  test.each([
    ['1999-12-31T23:59:59Z', false],
    ['2000-01-01T00:00:00Z', true],
    ['2025-11-08T12:00:00Z', true],
    ['2025-11-08T12:00:01Z', false],
  ])('%s possible: %s', (iso, isPossible) => {
    const occurredAt = new Date(iso);
    if (isPossible) expect(judged({ occurredAt }).occurredAt).toEqual(occurredAt);
    else expect(refusal({ occurredAt })).toMatchObject({ code: 'IMPOSSIBLE_TIME', issues: [{ path: 'timestamp' }] });
  });

  test('is named as the caller named it', () => {
    const error = refusal({ occurredAt: new Date(0), timeField: 'observedAt' });
    expect(error).toMatchObject({ code: 'IMPOSSIBLE_TIME', issues: [{ path: 'observedAt' }] });
    expect(judged({ timeField: 'observedAt' })).not.toHaveProperty('timeField');
  });
});

test('metadata of a wrong type are refused, naming the member', () => {
  const error = refusal({ metadata: { campaign_id: {}, step: 'two' } });
  expect(error).toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringMatching(/^The metadata does not fit MESSAGE_SENT\. metadata\.campaign_id: /),
  });
  expect(error.issues.map(({ path }) => path)).toEqual(['metadata.campaign_id', 'metadata.step']);
});

describe('the same event again', () => {
  test('is known by the key of the caller', () => {
    expect(judged({ idempotencyKey: 'k' }).idempotency).toEqual({ key: 'key:k', bodyHash: 'hash' });
    expect(judged({ idempotencyKey: 'k', executionId: '1' }).idempotency?.key).toBe('key:k');
  });

  test('is known by its body when an execution sent it, and not at all otherwise', () => {
    expect(judged({ executionId: '28973' }).idempotency).toEqual({ key: 'body:hash', bodyHash: 'hash' });
    expect(judged({}).idempotency).toBeUndefined();
  });
});
