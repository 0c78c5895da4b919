import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ActivityView } from './activity.ts';
import type { ActivityFilter } from './filter.ts';
import { compileFilter, filterKey, hasSearch } from './filter-match.ts';

const LEAD = '0b1e2f3a-4c5d-4e6f-8a9b-0c1d2e3f4a5b';

function activity(values: Partial<ActivityView> = {}): ActivityView {
  return {
    id: '01a1fb1b-cca5-7084-96f6-2c169090fa2b',
    position: 1,
    door: 'lead',
    type: 'MESSAGE_SENT',
    category: 'SMS',
    occurredAt: '2025-01-15T12:00:00.000Z',
    recordedAt: '2025-01-15T12:00:01.000Z',
    description: 'SMS sent',
    message: null,
    metadata: null,
    source: 'n8n:scheduler',
    executionId: null,
    lead: { id: LEAD, firstName: null, lastName: null, email: null },
    leadAirtableId: null,
    subjectKey: `lead:${LEAD}`,
    actor: null,
    createdBy: null,
    serviceKey: null,
    visibility: 'INTERNAL',
    severity: 'INFO',
    status: null,
    tags: [],
    ...values,
  };
}

describe('compileFilter', () => {
  test.each<[string, ActivityFilter, boolean]>([
    ['no filter takes everything', {}, true],
    ['an empty list does not narrow', { types: [], categories: [], sources: [], doors: [] }, true],
    ['one of the types', { types: ['OPT_OUT', 'MESSAGE_SENT'] }, true],
    ['none of the types', { types: ['OPT_OUT'] }, false],
    ['the category', { categories: ['SMS'] }, true],
    ['another category', { categories: ['BOOKING'] }, false],
    ['the source', { sources: ['n8n:scheduler'] }, true],
    ['another source', { sources: ['n8n'] }, false],
    ['the door', { doors: ['lead'] }, true],
    ['another door', { doors: ['request', 'user'] }, false],
    ['the lead', { leadId: LEAD }, true],
    ['the lead in capitals', { leadId: LEAD.toUpperCase() }, true],
    ['another lead', { leadId: '0b1e2f3a-4c5d-4e6f-8a9b-000000000000' }, false],
    ['from that very moment', { from: '2025-01-15T12:00:00.000Z' }, true],
    ['from that very moment, told in another offset', { from: '2025-01-15T13:00:00+01:00' }, true],
    ['from a later moment', { from: '2025-01-15T12:00:00.001Z' }, false],
    ['before that very moment', { before: '2025-01-15T12:00:00.000Z' }, false],
    ['before a later moment', { before: '2025-01-15T12:00:00.001Z' }, true],
    ['all members must match', { types: ['MESSAGE_SENT'], sources: ['ui:notes'] }, false],
    ['search words are not judged here', { search: 'absent' }, true],
  ])('%s', (_name, filter, expected) => {
    expect(compileFilter(filter)(activity())).toBe(expected);
  });

  test('an activity of no known lead belongs to no lead', () => {
    expect(compileFilter({ leadId: LEAD })(activity({ lead: null }))).toBe(false);
  });
});

const names = fc.subarray(['A', 'B', 'C', 'D']);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const dates = fc
  .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((d) => d.toISOString());
const filters: fc.Arbitrary<ActivityFilter> = fc.record({
  types: optional(names),
  categories: optional(names),
  sources: optional(names),
  from: optional(dates),
  before: optional(dates),
  search: optional(fc.constantFrom('', ' ', 'word', ' word ')),
});
const activities = fc
  .record({
    type: fc.constantFrom('A', 'B', 'E'),
    category: fc.constantFrom('A', 'C'),
    source: fc.constantFrom('B', 'D'),
    occurredAt: dates,
  })
  .map(activity);

describe('filters', () => {
  test('narrow: what two filters both take is what their union of conditions takes', () => {
    fc.assert(
      fc.property(filters, activities, ({ types, ...rest }, one) => {
        const both = compileFilter({ types, ...rest })(one);
        expect(both).toBe(compileFilter({ types })(one) && compileFilter(rest)(one));
      }),
    );
  });

  test('with equal keys match alike, whatever the order of lists', () => {
    fc.assert(
      fc.property(filters, activities, (filter, one) => {
        const turned = {
          ...filter,
          types: filter.types?.toReversed(),
          sources: filter.sources && [...filter.sources, ...filter.sources],
          categories: filter.categories?.length === 0 ? undefined : filter.categories,
        };
        expect(filterKey(turned)).toBe(filterKey(filter));
        expect(compileFilter(turned)(one)).toBe(compileFilter(filter)(one));
      }),
    );
  });

  test('that differ in what they take have different keys', () => {
    fc.assert(
      fc.property(filters, filters, activities, (a, b, one) => {
        fc.pre(compileFilter(a)(one) !== compileFilter(b)(one));
        expect(filterKey(a)).not.toBe(filterKey(b));
      }),
    );
  });

  test('search only with words', () => {
    expect([{}, { search: '' }, { search: '  ' }, { search: ' x ' }].map(hasSearch)).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });
});
