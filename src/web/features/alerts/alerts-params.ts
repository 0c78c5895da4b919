import { parseAsStringLiteral } from 'nuqs/server';

export const ALERT_TABS = ['open', 'past', 'rules', 'channels'] as const;
export type AlertTab = (typeof ALERT_TABS)[number];

export const tabParam = parseAsStringLiteral(ALERT_TABS).withDefault('open');

/** Where the page of alerts stands. */
export const ALERTS_PATH = '/admin/alerts';
/** How often what stands is asked for, in milliseconds. */
export const ALERTS_REFRESH = 10_000;
