import { expect, test } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { assertKnownColumns, assertThere, type ColumnNames } from './column-names.ts';
import { compileMapping } from './map-record.ts';
import { PRESETS } from './presets/index.ts';

function smsAudit() {
  const mapping = PRESETS.find(({ name }) => name === 'sms-audit');
  if (!mapping) throw new Error('the preset is gone');
  return compileMapping(mapping, 'UTC');
}

function issuesOf(act: () => void) {
  try {
    act();
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.issues.map(({ path, message }) => `${path} ${message}`);
  }
}
const unknown = (names: ColumnNames) => issuesOf(() => assertKnownColumns(smsAudit(), names));

test('a column that the mapping has may be called something else, whether a record needs it or not', () => {
  const names = {
    'Record ID': 'id',
    'Event Time': 'Sent At',
    Phone: 'Number',
    Message: 'Text',
    Link: 'URL',
    Step: 'No',
  };
  expect(unknown(names)).toEqual([]);
});

test('one that it does not have is refused, with what was probably meant and what there is', () => {
  expect(unknown({ event_tme: 'Sent At', Foo: 'Bar', Message: 'Text' })).toEqual([
    expect.stringMatching(
      /^event_tme is no column of the mapping sms-audit: did you mean Event Time\? Its columns are: /,
    ),
    expect.stringMatching(
      /^Foo is no column of the mapping sms-audit; its columns are: Record ID, Event, Event Time, /,
    ),
  ]);
});

test('names the wrong way round are told apart from unknown ones', () => {
  expect(unknown({ 'Sent At': 'Event Time' })).toEqual([
    "Sent At is no column of the mapping sms-audit, but Event Time is: the mapping's name comes first, as Event Time=Sent At",
  ]);
});

test('a name that the file does not have is refused too', () => {
  const there = ['Record ID', 'Sent At', 'Text', ''];
  expect(issuesOf(() => assertThere({ 'Event Time': 'Sent At' }, there))).toEqual([]);
  expect(issuesOf(() => assertThere({ 'Event Time': 'sent_at', Message: 'Words' }, there))).toEqual([
    'Event Time is to be read from sent_at, which is not in the file: did you mean Sent At? It has: Record ID, Sent At, Text',
    'Message is to be read from Words, which is not in the file; it has: Record ID, Sent At, Text',
  ]);
});
