import { describe, expect, test } from 'vitest';
import { AppError } from '#domain/errors.ts';
import { activityFilter, pageRequest } from '#domain/filter.ts';
import { toActivityFilter, toPageRequest } from './filter-query.ts';

function filterOf(query: string, timeZone = 'America/New_York') {
  return toActivityFilter(new URLSearchParams(query), timeZone);
}

function wrongFields(query: string): string[] {
  try {
    filterOf(query);
    toPageRequest(new URLSearchParams(query));
    return [];
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'INVALID_INPUT') throw error;
    return error.issues.map(({ path }) => path.split('.')[0] ?? '');
  }
}

describe('toActivityFilter', () => {
  test('takes every parameter of the interface', () => {
    const leadId = '0198b0c2-7f6e-7b1c-9a64-0d3f6c1c2b3a';
    const filter = filterOf(
      `search=+call+back+&eventType=MESSAGE_SENT&eventCategory=SMS&leadId=${leadId}&source=n8n:abc` +
        '&dateFrom=2025-11-07&dateTo=2025-11-08',
    );
    expect(filter).toEqual({
      search: 'call back',
      types: ['MESSAGE_SENT'],
      categories: ['SMS'],
      leadId,
      sources: ['n8n:abc'],
      from: '2025-11-07T05:00:00.000Z',
      before: '2025-11-09T05:00:00.000Z',
    });
    expect(activityFilter.parse(filter)).toEqual(filter);
  });

  test('takes lists as repeated parameters and with commas', () => {
    expect(filterOf('eventType=OPT_OUT&eventType=LINK_CLICKED,%20MESSAGE_SENT,').types).toEqual([
      'OPT_OUT',
      'LINK_CLICKED',
      'MESSAGE_SENT',
    ]);
  });

  test('takes blank parameters as left out and ignores those it does not know', () => {
    expect(filterOf('search=&eventType=&eventCategory=,&leadId=&dateFrom=&dateTo=%20&_=1')).toEqual(filterOf(''));
  });

  test('ends with the millisecond or the day that dateTo names', () => {
    expect(filterOf('dateTo=2025-11-07T10:00:00Z').before).toBe('2025-11-07T10:00:00.001Z');
    expect(filterOf('dateTo=2025-11-07').before).toBe('2025-11-08T05:00:00.000Z');
  });

  test('names each field that is wrong', () => {
    expect(wrongFields('eventType=a%20b')).toEqual(['eventType']);
    expect(wrongFields('eventCategory=sms')).toEqual(['eventCategory']);
    expect(wrongFields('leadId=42')).toEqual(['leadId']);
    expect(wrongFields('dateFrom=soon&dateTo=2025-02-30')).toEqual(['dateFrom', 'dateTo']);
    expect(wrongFields('dateFrom=2025-11-08&dateTo=2025-11-07')).toEqual(['dateTo']);
    expect(wrongFields(`search=${'x'.repeat(501)}`)).toEqual(['search']);
  });
});

describe('toPageRequest', () => {
  const page = (query: string) => toPageRequest(new URLSearchParams(query));

  test('has the defaults of the interface', () => {
    expect(page('')).toEqual({ page: 1, limit: 50, sort: 'time', order: 'desc' });
    expect(page('page=&limit=')).toEqual(page(''));
  });

  test('takes what the domain takes', () => {
    const wanted = { page: 3, limit: 100, sort: 'lead', order: 'asc', cursor: 'WyJ' };
    expect(page('page=3&limit=100&sort=lead&order=asc&cursor=WyJ')).toEqual(wanted);
    expect(pageRequest.parse(wanted)).toEqual(wanted);
  });

  test('names each field that is wrong', () => {
    expect(wrongFields('page=0&limit=201&sort=size&order=up')).toEqual(['page', 'limit', 'sort', 'order']);
    expect(wrongFields('page=two&limit=1.5')).toEqual(['page', 'limit']);
  });
});
