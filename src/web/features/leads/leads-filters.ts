import { createParser, type inferParserType, parseAsInteger, parseAsString, parseAsStringLiteral } from 'nuqs/server';
import { ORDERS } from '#domain/filter.ts';
import { UUID_PATTERN } from '#domain/ids.ts';
import { LEAD_SORTS, type LeadQuery } from '#domain/lead-query.ts';

const parseAsPage = createParser<number>({
  parse: (text) => {
    const page = parseAsInteger.parse(text);
    return page !== null && page >= 1 && page <= 100_000 ? page : null;
  },
  serialize: String,
});

const parseAsUuid = createParser<string>({
  parse: (text) => (UUID_PATTERN.test(text) ? text.toLowerCase() : null),
  serialize: (id) => id,
});

/** An owner's id, or `none` for leads that nobody owns. */
const parseAsOwner = createParser<string>({
  parse: (text) => (text === 'none' ? text : parseAsUuid.parse(text)),
  serialize: (id) => id,
});

/** Everything that decides which leads are listed, as it stands in the URL. */
export const leadsParams = {
  q: parseAsString.withDefault(''),
  status: parseAsString,
  campaign: parseAsUuid,
  owner: parseAsOwner,
  archived: parseAsStringLiteral(['yes', 'no']).withDefault('no'),
  sort: parseAsStringLiteral(LEAD_SORTS).withDefault('lastActivityAt'),
  order: parseAsStringLiteral(ORDERS).withDefault('desc'),
  page: parseAsPage.withDefault(1),
};

export type LeadsState = inferParserType<typeof leadsParams>;

export const LEADS_PAGE_SIZE = 50;

export const NO_LEAD_FILTERS = {
  q: null,
  status: null,
  campaign: null,
  owner: null,
  archived: null,
  page: null,
} as const;

export function isLeadsFiltered(state: LeadsState): boolean {
  const { q, status, campaign, owner, archived } = state;
  return q !== '' || status !== null || campaign !== null || owner !== null || archived === 'yes';
}

/** The question to ask the server for this state. */
export function leadQueryOf(state: LeadsState): LeadQuery {
  const search = state.q.trim();
  return {
    ...(search && { search }),
    ...(state.status && { status: state.status }),
    ...(state.campaign && { campaignId: state.campaign }),
    ...(state.owner && { ownerId: state.owner }),
    archived: state.archived === 'yes',
    sort: state.sort,
    order: state.order,
    page: state.page,
    limit: LEADS_PAGE_SIZE,
  };
}
