import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { catalogueSource } from '../scripts/catalogue-source.ts';
import { pauseAfter, RETRY, retryAfterMs, waitAfter } from './backoff.ts';
import { createHistorybook, type HistorybookEvent, type LeadActivity } from './index.ts';
import { settingsOf } from './options.ts';
import { prepare } from './prepare.ts';
import { slowCrc32 } from './spool/crc32.ts';

test('the types are those of the catalogue of the server (npm run generate makes them anew)', () => {
  expect(readFileSync(new URL('catalogue.ts', import.meta.url), 'utf8')).toBe(catalogueSource());
});

test('the types know the metadata of each type', () => {
  const sent: LeadActivity = { eventType: 'MESSAGE_SENT', description: 'x', metadata: { step: 1, own: ['key'] } };
  // @ts-expect-error: step is a number
  const wrongMetadata: LeadActivity = { eventType: 'MESSAGE_SENT', description: 'x', metadata: { step: 'one' } };
  // @ts-expect-error: MESSAGE_SENT belongs to SMS
  const wrongCategory: LeadActivity = { eventType: 'MESSAGE_SENT', eventCategory: 'BOOKING', description: 'x' };
  // @ts-expect-error: there is no such type
  const wrongType: LeadActivity = { eventType: 'MESSAGE_SEND', description: 'x' };
  const custom: HistorybookEvent = { eventType: 'DEMO_GIVEN', eventCategory: 'BOOKING', description: 'x' };
  const record: HistorybookEvent = { event_type: 'OPT_OUT', description: 'x', lead_airtable_id: 'rec1' };
  expect([sent, wrongMetadata, wrongCategory, wrongType, custom, record]).toHaveLength(6);
});

describe('what is sent', () => {
  const bodyOf = (event: object) => JSON.parse(prepare(event, 'test:source', 10_000).text);

  test('is the same in both spellings', () => {
    const record = {
      event_type: 'MESSAGE_SENT',
      event_category: 'SMS',
      lead_airtable_id: 'recABC123',
      description: 'SMS sent',
      message_content: 'Hey John',
      metadata: { campaign_id: 'chatgpt_use_cases' },
      source: 'n8n:kJMMZ10anu4NqYUL',
      execution_id: '28973',
      created_by: '019a0000-0000-7000-8000-000000000001',
      timestamp: '2025-11-07T08:15:05Z',
      idempotency_key: 'k1',
    };
    expect(bodyOf(record)).toEqual({
      eventType: 'MESSAGE_SENT',
      eventCategory: 'SMS',
      leadAirtableId: 'recABC123',
      description: 'SMS sent',
      messageContent: 'Hey John',
      metadata: { campaign_id: 'chatgpt_use_cases' },
      source: 'n8n:kJMMZ10anu4NqYUL',
      executionId: '28973',
      createdBy: '019a0000-0000-7000-8000-000000000001',
      timestamp: '2025-11-07T08:15:05Z',
      idempotencyKey: 'k1',
    });
  });

  test('under a key of its own it has the time at which it was logged beside what it says, unless it says its own', () => {
    const event = { eventType: 'OPT_OUT', source: 's', idempotencyKey: 'job-1' };
    const first = bodyOf(event);
    expect(first).toEqual({ ...event, eventCategory: 'SMS', observedAt: expect.stringMatching(/^2\d{3}-.*Z$/) });
    expect(bodyOf({ ...event, timestamp: '2025-11-07T08:15:05Z' })).not.toHaveProperty('observedAt');
    const seen = new Date('2025-11-07T08:15:05Z');
    expect(bodyOf({ eventType: 'OPT_OUT', source: 's', observedAt: seen })).toMatchObject({
      observedAt: '2025-11-07T08:15:05.000Z',
    });
    expect(bodyOf({ eventType: 'OPT_OUT', source: 's', observedAt: seen })).not.toHaveProperty('timestamp');
  });

  test('gets what follows or is missing: category, source, time, key; what is said stays', () => {
    const at = new Date('2025-11-07T08:15:05Z');
    expect(bodyOf({ eventType: 'OPT_OUT', source: '', timestamp: at })).toEqual({
      eventType: 'OPT_OUT',
      eventCategory: 'SMS',
      source: 'test:source',
      timestamp: '2025-11-07T08:15:05.000Z',
      idempotencyKey: expect.any(String),
    });
    expect(bodyOf({ eventType: 'toString' })).not.toHaveProperty('eventCategory');
    expect(bodyOf({ eventType: 'OPT_OUT', eventCategory: 'BOOKING', extra: 1 })).toMatchObject({
      eventCategory: 'BOOKING',
      extra: 1,
    });
  });
});

describe('options', () => {
  const good = { url: 'https://history.example.com/base/', apiKey: 'hb_key', source: 'app' };

  test('have defaults, and an address without its last slash', () => {
    expect(settingsOf(good)).toMatchObject({
      url: 'https://history.example.com/base',
      batchEvents: 500,
      lingerMs: 200,
    });
  });

  test.each([
    [{ url: '' }, 'url'],
    [{ url: 'ftp://history.example.com' }, 'url'],
    [{ url: 'https://name:secret-word@history.example.com' }, 'url'],
    [{ url: 'https://history.example.com/?a=1' }, 'url'],
    [{ apiKey: '' }, 'apiKey'],
    [{ apiKey: 'secret-word\n' }, 'apiKey'],
    [{ apiKey: undefined }, 'apiKey'],
    [{ source: ' ' }, 'source'],
    [{ batchEvents: 1_001 }, 'batchEvents'],
    [{ lingerMs: Number.NaN }, 'lingerMs'],
    [{ timeoutMs: '5' }, 'timeoutMs'],
  ])('that can never work are refused by name, without repeating a secret: %j', (wrong, name) => {
    const options: object = { ...good, ...wrong };
    const make = () => createHistorybook(options as never);
    expect(make).toThrow(new RegExp(`^${name} must`));
    expect(make).not.toThrow(/secret-word/);
  });
});

describe('waits', () => {
  test('grow, lie anywhere below their bound but never at nothing, and keep what the server asks', () => {
    expect([1, 2, 3, 20].map((attempt) => waitAfter(attempt, RETRY, 0, () => 1))).toEqual([250, 500, 1_000, 30_000]);
    expect(waitAfter(5, RETRY, 0, () => 0)).toBe(25);
    expect(waitAfter(1, RETRY, 7_000, () => 0.5)).toBe(7_125);
    expect(waitAfter(1, RETRY, 1e12, () => 0)).toBe(3_600_025);
    expect([1, 2, 9].map((attempt) => pauseAfter(attempt, () => 1))).toEqual([60_000, 120_000, 900_000]);
  });

  test('asked for are seconds or dates', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(retryAfterMs('3', now)).toBe(3_000);
    expect(retryAfterMs('Thu, 01 Jan 2026 00:00:09 GMT', now)).toBe(9_000);
    expect(retryAfterMs('Wed, 31 Dec 2025 00:00:00 GMT', now)).toBe(0);
    expect([null, 'soon', '-1'].map((header) => retryAfterMs(header, now) ?? 0)).toEqual([0, 0, 0]);
  });
});

test('the CRC for an older Node is that of the newer', () => {
  for (const text of ['', 'a', '123456789', 'ü'.repeat(1_000)]) {
    expect(slowCrc32(Buffer.from(text))).toBe(crc32(text));
    expect(slowCrc32(Buffer.from(text), 77)).toBe(crc32(text, 77));
  }
});
