import { expect, it } from 'vitest';
import { builtInType } from '#domain/catalogue/index.ts';
import { DEMO_ACTIVITIES, makeDemoBook } from './make-book.ts';

const NOW = Date.parse('2026-03-11T15:20:00Z');
const book = makeDemoBook('a seed', NOW);
const all = [...book.early, ...book.activities];

it('is the same for the same seed and moment, and another for another seed', () => {
  expect(makeDemoBook('a seed', NOW)).toEqual(book);
  expect(makeDemoBook('another seed', NOW).activities[0]).not.toEqual(book.activities[0]);
});

it.each(['2026-01-01T00:00:00Z', '2026-03-29T01:30:00Z', '2026-07-05T07:00:00Z', '2028-02-29T23:59:59Z'])(
  'has its full size at %s',
  (moment) => {
    const { early, activities, leads } = makeDemoBook('any', Date.parse(moment));
    expect([leads.length, early.length + activities.length]).toEqual([200, DEMO_ACTIVITIES]);
    expect(activities.every(({ occurredAt }) => occurredAt.getTime() < Date.parse(moment))).toBe(true);
  },
);

it('was recorded when it happened, but for a few outages of the workflows', () => {
  const delays = all.map(({ occurredAt, recordedAt }) => recordedAt.getTime() - occurredAt.getTime());
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
  const late = all.filter(({ occurredAt, recordedAt }) => recordedAt.getTime() - occurredAt.getTime() > 60_000);
  expect(late.length).toBeGreaterThan(10);
  expect(late.length).toBeLessThan(all.length / 100);
  expect(new Set(late.map(({ source }) => source.split(':')[0]))).toEqual(new Set(['n8n']));
  expect(Math.max(...all.map(({ recordedAt }) => recordedAt.getTime()))).toBeLessThan(NOW);
});

it('tells each story in the order in which it was recorded, with metadata as the catalogue wants it', () => {
  const times = book.activities.map(({ recordedAt }) => recordedAt.getTime());
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  for (const { type, metadata, category } of all) {
    const known = builtInType(type);
    expect([type, known?.category]).toEqual([type, category]);
    expect([type, known?.metadata.safeParse(metadata).error]).toEqual([type, undefined]);
  }
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
});

it('writes on weekdays and by day', () => {
  const sent = all.filter(({ type }) => type === 'MESSAGE_SENT');
  const atWeekends = sent.filter(({ occurredAt }) => [0, 6].includes(occurredAt.getUTCDay()));
  expect(atWeekends.length / sent.length).toBeLessThan(0.02);
  const texts = new Set(sent.map(({ message }) => message));
  expect(texts.size).toBeGreaterThan(sent.length / 3);
});

it('says nothing to who opted out', () => {
  for (const { occurredAt: at, leadAirtableId } of all.filter(({ type }) => type === 'OPT_OUT')) {
    const later = all.filter(
      (other) => other.leadAirtableId === leadAirtableId && other.type === 'MESSAGE_SENT' && other.occurredAt > at,
    );
    expect(later).toEqual([]);
  }
});
