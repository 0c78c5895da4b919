import { expect, test } from 'vitest';
import { LEAD_TYPES } from './catalogue/index.ts';
import { closest } from './closest.ts';

const NAMES = LEAD_TYPES.map(({ name }) => name);

test.each([
  ['MESAGE_SENT', 'MESSAGE_SENT'],
  ['message-sent', 'MESSAGE_SENT'],
  ['Booking Confirmed', 'BOOKING_CONFIRMED'],
  ['MESSAGES_SENT', 'MESSAGE_SENT'],
  ['OPTOUT', 'OPT_OUT'],
  ['INBOUND_REPLIES', 'INBOUND_REPLY'],
])('%s was meant to be %s', (word, meant) => {
  expect(closest(word, NAMES)).toBe(meant);
});

test.each(['', 'CALL_MADE', 'x', 'constructor', 'Z'.repeat(10_000)])('%s could be anything', (word) => {
  expect(closest(word, NAMES)).toBeUndefined();
});
