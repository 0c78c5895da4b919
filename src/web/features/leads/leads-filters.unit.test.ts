import { createLoader, createSerializer } from 'nuqs/server';
import { expect, it } from 'vitest';
import { leadQuery } from '#domain/lead-query.ts';
import { isLeadsFiltered, leadQueryOf, leadsParams } from './leads-filters.ts';

const load = createLoader(leadsParams);
const serialize = createSerializer(leadsParams);
const id = '0190a000-0000-7000-8000-000000000001';

it('carries every filter through the URL and asks the server a question it takes', () => {
  const address = `?q=anna%20lee&status=Not+interested&campaign=${id}&owner=none&archived=yes&sort=name&order=asc&page=3`;
  const state = load(address);
  expect(load(serialize(state))).toEqual(state);
  const query = leadQueryOf(state);
  expect(query).toEqual({
    search: 'anna lee',
    status: 'Not interested',
    campaignId: id,
    ownerId: 'none',
    archived: true,
    sort: 'name',
    order: 'asc',
    page: 3,
    limit: 50,
  });
  expect(leadQuery.parse(query)).toEqual(query);
});

it('ignores what cannot be', () => {
  const state = load('?campaign=x&owner=me&sort=shoe-size&page=-1&archived=perhaps');
  expect(isLeadsFiltered(state)).toBe(false);
  expect(leadQueryOf(state)).toEqual(leadQuery.parse({}));
});
