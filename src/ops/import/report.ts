import type { ImportNotice, ImportReason, ImportReport } from '#domain/import-run.ts';
import type { NoticeKind, Notices, RejectedRecord } from './cells.ts';

/** What is told of an import beside its counts: bounded, however large the file. */
export interface ReportKeeper {
  /** Notices of the record on this line. */
  at(line: number): Notices;
  reject(line: number, why: RejectedRecord): void;
  report(): ImportReport;
}

const MAX_EXAMPLES = 5;
const MAX_GROUPS = 200;

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] };

export function createReport(before: ImportReport = { reasons: [], notices: [] }): ReportKeeper {
  const reasons = new Map<string, Mutable<ImportReason>>();
  const notices = new Map<string, Mutable<ImportNotice>>();
  for (const reason of before.reasons) {
    reasons.set(keyOf(reason.code, reason.path), { ...reason, examples: [...reason.examples] });
  }
  for (const notice of before.notices) {
    notices.set(keyOf(notice.kind, notice.column, notice.detail), { ...notice, lines: [...notice.lines] });
  }

  const note = (line: number, kind: NoticeKind, column: string, wanted: string) => {
    const known = notices.has(keyOf(kind, column, wanted));
    const detail = known || notices.size < MAX_GROUPS ? wanted : 'and others';
    const key = keyOf(kind, column, detail);
    const notice = notices.get(key) ?? { kind, column, detail, count: 0, lines: [] };
    notice.count += 1;
    if (line > 0 && notice.lines.length < MAX_EXAMPLES && notice.lines.at(-1) !== line) notice.lines.push(line);
    notices.set(key, notice);
  };

  return {
    at: (line) => ({ note: (kind, column, detail) => note(line, kind, column, detail) }),
    reject(line, why) {
      const path = why.issues[0]?.path ?? '';
      const key = keyOf(why.code, path);
      const reason = reasons.get(key) ?? { code: why.code, path, count: 0, examples: [] };
      reason.count += 1;
      if (reason.examples.length < MAX_EXAMPLES) reason.examples.push({ line, message: why.message });
      if (reasons.has(key) || reasons.size < MAX_GROUPS) reasons.set(key, reason);
    },
    report: () => ({
      reasons: [...reasons.values()].sort((a, b) => b.count - a.count),
      notices: [...notices.values()].sort((a, b) => b.count - a.count),
    }),
  };
}

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}
