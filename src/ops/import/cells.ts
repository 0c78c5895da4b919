import type { AppError, Issue } from '#domain/errors.ts';
import { InexactNumber } from '#domain/json.ts';

/** One record as it was read: its cells by column, or the members of a JSON object. */
export type RecordValues = Readonly<Record<string, unknown>>;

/** A cell as text, without blanks around it; '' when it is empty or not there. */
export function cellText(values: RecordValues, column: string): string {
  const value = Object.hasOwn(values, column) ? values[column] : undefined;
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value.trim();
  if (value instanceof InexactNumber) return value.source;
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

/** Why a record, or one event of it, cannot be taken. `path` names the column, or the field it was meant for. */
export class RejectedRecord extends Error {
  override readonly name = 'RejectedRecord';
  readonly code: string;
  readonly issues: readonly Issue[];
  constructor(code: string, issues: readonly Issue[]) {
    super(issues.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; '));
    this.code = code;
    this.issues = issues;
  }

  static of(code: string, path: string, message: string): RejectedRecord {
    return new RejectedRecord(code, [{ path, message }]);
  }

  static fromError(error: AppError): RejectedRecord {
    const issues = error.issues.length > 0 ? error.issues : [{ path: '', message: error.message }];
    return new RejectedRecord(error.code, issues);
  }
}

/** Told of what was taken but is worth knowing: a spelling put right, an empty cell, a two-digit year. */
export interface Notices {
  note(kind: NoticeKind, column: string, detail: string): void;
}
export type NoticeKind = 'corrected' | 'empty' | 'two-digit year' | 'column missing' | 'no event' | 'cut';

export function shortened(text: string, max = 60): string {
  return text.length > max ? `${text.slice(0, max - 1)}…` : text;
}
