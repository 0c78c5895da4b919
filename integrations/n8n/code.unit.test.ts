import { describe, expect, test } from 'vitest';
import { run as compose } from './code/kajabi-compose.js';
import { run as readForm } from './code/kajabi-read-form.js';
import { fingerprint, providerKey, runKey, shortened } from './code/lib/entry.js';
import { isRefusal, readFailure, reasonOf } from './code/lib/failure.js';
import { leadReference } from './code/lib/lead.js';
import { run as readReply } from './code/reply-read.js';
import { dueLead, kajabiForm, simpleTextingMessage, webhookItem } from './testing/payloads.ts';

const input = (...jsons: unknown[]) => ({ $input: { all: () => jsons.map((json) => ({ json })) } });

describe('a form of Kajabi', () => {
  const expected = {
    email: 'dana.cruz@example.com',
    first_name: 'Dana',
    last_name: 'de la Cruz',
    phone: '(408) 555-0134',
    campaign: 'ChatGPT Use Cases',
    form_id: '77',
    submission_id: '90210',
  };

  test('is read from its list of resources', () => {
    expect(readForm(input(webhookItem(kajabiForm)))).toEqual([{ json: expected, pairedItem: { item: 0 } }]);
  });

  test('is read from one resource with its form beside it, and from plain fields', () => {
    const [submission, form] = kajabiForm;
    expect(readForm(input(webhookItem({ data: submission, included: [form] })))[0]?.json).toEqual(expected);
    const plain = { id: 5, name: 'Dana', email: 'dana@example.com', phone_number: '4085550134' };
    expect(readForm(input(webhookItem(plain)))[0]?.json).toEqual({
      email: 'dana@example.com',
      first_name: 'Dana',
      phone: '4085550134',
      submission_id: 5,
    });
  });

  test('without an e-mail address fails with a sentence', () => {
    expect(() => readForm(input(webhookItem({ hello: 'world' })))).toThrow('has no e-mail address');
  });
});

describe('messages', () => {
  test('are written from the template of each lead', () => {
    const { id, fields } = dueLead(1);
    const [message] = compose(input({ id, ...fields }));
    expect(message?.json).toEqual({
      lead_airtable_id: id,
      phone: '+14085550131',
      message_text: 'Hey Lead1, saw your form submission. If you want help getting started, reply here.',
      campaign: 'chatgpt_use_cases',
      step: 1,
      template_id: 'recTEMPLATE000001',
    });
  });

  test('are not written to nobody, without a text, or twice to one number', () => {
    const { id, fields } = dueLead(1);
    const leads = [
      { id, ...fields },
      { id: 'recOTHER', ...fields, Phone: '408-555-0131' },
      { id: 'recNOPHONE', ...fields, Phone: '12' },
      { id: 'recNOTEXT', ...dueLead(2).fields, 'SMS Text': [] },
      { id: 'recNONAME', ...dueLead(3).fields, 'First Name': undefined },
    ];
    const messages = [...compose(input(...leads))].map((item) => [
      item.json.lead_airtable_id,
      item.json.message_text.slice(0, 9),
    ]);
    expect(messages).toEqual([
      [id, 'Hey Lead1'],
      ['recNONAME', 'Hey there'],
    ]);
  });
});

describe('a reply', () => {
  const typeOf = (text: string) => readReply(input(webhookItem(simpleTextingMessage(text))))[0]?.json.event_type;

  test.each([
    'STOP',
    'stop',
    ' Stop. ',
    'STOPALL',
    'Stop all!',
    'unsubscribe',
    'CANCEL',
    'End',
    'QUIT',
    'opt-out',
    'Please stop',
  ])('%j opts out', (text) => expect(typeOf(text)).toBe('OPT_OUT'));

  test.each([
    'Yes, Thursday works',
    'please stop by on Friday',
    'the weekend',
    'cancel my order?',
    'stopped',
    '',
    '👍',
  ])('%j is a reply', (text) => expect(typeOf(text)).toBe('INBOUND_REPLY'));

  test('what is no reply ends here', () => {
    expect(readReply(input(webhookItem({ type: 'OUTGOING_MESSAGE', values: {} })))).toEqual([]);
  });
});

describe('keys', () => {
  test('of a provider are its own', () => {
    expect(providerKey('simpletexting', '507f', 'MESSAGE_SENT')).toBe('simpletexting:507f:MESSAGE_SENT');
    const long = `https://api.calendly.com/${'x'.repeat(400)}`;
    expect(providerKey('calendly', long, 'invitee.created').length).toBeLessThan(100);
    expect(providerKey('calendly', `${long}1`, 'k')).not.toBe(providerKey('calendly', `${long}2`, 'k'));
  });

  test('of a run differ by execution, node, run, item and content, and by nothing else', () => {
    const at = { executionId: '1', nodeId: 'a', runIndex: 0, itemIndex: 0 };
    const keys = [
      runKey(at, { text: 'x' }),
      runKey({ ...at, executionId: '2' }, { text: 'x' }),
      runKey({ ...at, nodeId: 'b' }, { text: 'x' }),
      runKey({ ...at, runIndex: 1 }, { text: 'x' }),
      runKey({ ...at, itemIndex: 1 }, { text: 'x' }),
      runKey(at, { text: 'y' }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(runKey({ ...at }, { text: 'x' })).toBe(keys[0]);
    expect(keys.every((key) => key.length <= 255)).toBe(true);
  });

  test('content makes 100,000 different fingerprints', () => {
    const prints = new Set(Array.from({ length: 100_000 }, (_, i) => fingerprint(`message ${i}`)));
    expect(prints.size).toBe(100_000);
  });
});

describe('a failure', () => {
  const body = {
    error: 'e',
    code: 'IDEMPOTENCY_CONFLICT',
    message: 'Used before.',
    issues: [{ path: 'key', message: 'x' }],
  };

  test.each([
    ['the body as a text of a text', { message: `409 - ${JSON.stringify(JSON.stringify(body))}`, name: 'AxiosError' }],
    ['the body as a text', { message: `409 - ${JSON.stringify(body)}`, status: 409 }],
    ['the body beside it', { message: '409 - "…"', statusCode: 409, error: JSON.stringify(body) }],
    ['the body as an object', { message: 'Conflict', httpCode: '409', response: { body } }],
  ])('is read from %s', (_how, error) => {
    const failure = readFailure(error);
    expect(failure).toMatchObject({ status: 409, body: { code: 'IDEMPOTENCY_CONFLICT' } });
    expect(reasonOf(failure)).toBe('409 IDEMPOTENCY_CONFLICT: Used before.; key: x');
  });

  test.each([
    [
      { message: 'connect ECONNREFUSED 127.0.0.1:3000', code: 'ECONNREFUSED' },
      'no answer: connect ECONNREFUSED 127.0.0.1:3000',
    ],
    [{ message: 'timeout of 10000ms exceeded', code: 'ECONNABORTED' }, 'no answer: timeout of 10000ms exceeded'],
    ['plain text', 'no answer: plain text'],
    [undefined, 'no answer: no answer'],
    [{ message: '502 - "<html>Bad Gateway</html>"', status: 502 }, '502: 502 - "<html>Bad Gateway</html>"'],
  ])('without a body of ours: %j', (error, reason) => {
    const failure = readFailure(error);
    expect(isRefusal(failure.status)).toBe(false);
    expect(reasonOf(failure)).toBe(reason);
  });

  test('is final for what the entry itself is to blame for, and for nothing else', () => {
    expect([400, 409, 413, 415, 422].every(isRefusal)).toBe(true);
    expect([undefined, 301, 401, 403, 404, 405, 408, 429, 500, 502, 503, 504].some(isRefusal)).toBe(false);
  });
});

test('a lead is named by its record only when exactly one was found', () => {
  const known = { leadPhone: '4085550134' };
  const found = (...ids: unknown[]) => ids.map((id) => ({ json: { id } }));
  expect(leadReference(found('recA1'), known)).toEqual({ leadAirtableId: 'recA1' });
  expect(leadReference(found('recA1', 'recB2'), known)).toBe(known);
  expect(leadReference(found(undefined), known)).toBe(known);
  expect(leadReference([], known)).toBe(known);
});

test('a description ends in dots when it leaves something out, and cuts no character in two', () => {
  expect(shortened('short')).toBe('short');
  expect(shortened('a\n  b')).toBe('a b');
  expect(shortened('👍'.repeat(60))).toBe(`${'👍'.repeat(50)}...`);
  expect(shortened(undefined)).toBe('');
});
