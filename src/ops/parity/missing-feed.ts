import type pg from 'pg';
import { z } from 'zod';
import type { Feed, FeedItem } from '../import/feed.ts';
import { BEGINNING } from '../import/read/source.ts';
import { readItems } from './store.ts';

const missingEvent = z.object({
  key: z.string(),
  lead: z.object({
    leadId: z.string(),
    leadAirtableId: z.string(),
    leadEmail: z.string(),
    leadPhone: z.string(),
  }),
  newLead: z.record(z.string(), z.unknown()).nullable(),
  name: z.string().nullable(),
  type: z.string(),
  at: z.iso.datetime(),
  body: z.record(z.string(), z.unknown()),
});

const PAGE = 500;

/** What a comparison found to be missing, as an import reads it; a place's `bytes` are records here. */
export function missingFeed(pool: pg.Pool, parityRunId: string): Feed {
  return {
    start: BEGINNING,
    notices: [],
    async *items(from) {
      let after = from.records;
      for (;;) {
        const page = await readItems(pool, parityRunId, { kind: 'missing' }, { after, limit: PAGE });
        for (const { number, line, event } of page) yield itemOf(number, line ?? 0, event);
        const last = page.at(-1);
        if (!last || page.length < PAGE) return;
        after = last.number;
      }
    },
  };
}

function itemOf(number: number, line: number, stored: unknown): FeedItem {
  return {
    index: number - 1,
    line,
    place: { records: number, bytes: number, lines: line },
    raw: () => JSON.stringify(stored),
    prepare() {
      const { key, lead, newLead, name, type, at, body } = missingEvent.parse(stored);
      const event = { name: name ?? undefined, type, at: new Date(at), body };
      return { lead, newLead: newLead ?? undefined, events: [event], keys: [key] };
    },
  };
}
