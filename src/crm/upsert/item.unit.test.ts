import { describe, expect, it } from 'vitest';
import { parseItem } from './item.ts';

describe('a lead as a sync sends it', () => {
  it('leaves what is missing and clears what is null or empty', () => {
    const parsed = parseItem({ airtableRecordId: 'rec1', company: '', title: null, score: null, firstName: ' Ann ' });
    expect(parsed).toEqual({
      ok: true,
      item: { airtableRecordId: 'rec1', company: null, title: null, score: null, firstName: 'Ann' },
      ignored: [],
    });
  });

  it('takes a status in any letters and keeps words of its own', () => {
    for (const [given, kept] of [
      ['not INTERESTED', 'Not interested'],
      ['Waiting for budget', 'Waiting for budget'],
      ['', null],
    ]) {
      expect(parseItem({ email: 'a@example.com', status: given })).toMatchObject({ item: { status: kept } });
    }
  });

  it('names the keys that mean nothing here', () => {
    expect(
      parseItem({ email: 'a@example.com', Email: 'b@example.com', industry: 'x', source: 'sync:x' }).ignored,
    ).toEqual(['Email', 'industry']);
  });

  it.each([
    [{}, 'airtableRecordId'],
    [{ airtableRecordId: '', email: null, phone: ' ' }, 'airtableRecordId'],
    [{ email: 'nobody' }, 'email'],
    [{ phone: '12' }, 'phone'],
    [{ airtableRecordId: '{{ $json.id }}' }, 'airtableRecordId'],
    [{ email: 'undefined' }, 'email'],
    [{ airtableRecordId: 'rec1', campaign: 'undefined' }, 'campaign'],
    [{ airtableRecordId: 'rec1', owner: '[object Object]' }, 'owner'],
    [{ airtableRecordId: 'rec1', score: '7' }, 'score'],
    [{ airtableRecordId: 'rec1', campaignStep: -1 }, 'campaignStep'],
    [{ airtableRecordId: 'rec1', company: 'x'.repeat(201) }, 'company'],
    [{ airtableRecordId: 'rec1', company: 'a\0b' }, 'company'],
    [[{ airtableRecordId: 'rec1' }], ''],
    [null, ''],
  ])('refuses %j, saying where', (value, path) => {
    const parsed = parseItem(value);
    expect(parsed.ok ? [] : parsed.issues.map((issue) => issue.path)).toContain(path);
  });
});
