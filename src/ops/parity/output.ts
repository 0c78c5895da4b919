import type pg from 'pg';
import { PARITY_KINDS, type ParityItem, type ParityKind } from '#domain/parity.ts';
import { readItems } from './store.ts';

const PAGE = 1000;

/** All that a comparison names, in the order of the file, kind by kind. */
export async function* itemsOf(
  pool: pg.Pool,
  runId: string,
  kinds: readonly ParityKind[] = PARITY_KINDS,
): AsyncGenerator<ParityItem> {
  for (const kind of kinds) {
    let after = 0;
    for (;;) {
      const page = await readItems(pool, runId, { kind }, { after, limit: PAGE });
      for (const { event, ...item } of page) yield item;
      const last = page.at(-1);
      if (!last || page.length < PAGE) break;
      after = last.number;
    }
  }
}

const HEADER = 'kind,day,type,source,occurred_at,subject,description,record,line,activity_id,differences\r\n';

/** The same as CSV that a spreadsheet can open: no cell begins like a formula. */
export async function* itemsCsv(items: AsyncIterable<ParityItem>): AsyncGenerator<string> {
  yield HEADER;
  for await (const item of items) {
    const differences = item.differences.map(({ field, inFile, inBook }) => `${field}: ${inFile} / ${inBook}`);
    const cells = [
      ...[item.kind, item.day, item.type, item.source, item.occurredAt, item.subject, item.description],
      ...[item.key ?? '', item.line ?? '', item.activityId ?? '', differences.join('; ')],
    ];
    yield `${cells.map((cell) => safeCell(String(cell))).join(',')}\r\n`;
  }
}

/** Quoted where it must be, and with an apostrophe before what a spreadsheet would calculate (OWASP, CSV injection). */
export function safeCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
