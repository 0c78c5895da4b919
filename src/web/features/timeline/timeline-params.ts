import { type inferParserType, parseAsArrayOf, parseAsString, parseAsStringLiteral } from 'nuqs/server';
import { CATEGORIES } from '#domain/catalogue/index.ts';

export const LEAD_TABS = ['overview', 'activity', 'notes'] as const;
export type LeadTab = (typeof LEAD_TABS)[number];

/** What the page of a lead shows, as it stands in the URL. */
export const leadParams = {
  tab: parseAsStringLiteral(LEAD_TABS).withDefault('overview'),
  q: parseAsString.withDefault(''),
  category: parseAsArrayOf(parseAsStringLiteral(CATEGORIES)).withDefault([]),
};

export type LeadPageState = inferParserType<typeof leadParams>;
