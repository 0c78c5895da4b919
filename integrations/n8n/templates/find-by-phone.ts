import type { Settings } from './settings.ts';

/**
 * The lookup of the lead whose phone has the same ten last digits, however either is written. Two are enough to know that it
 * is not clear which one is meant.
 */
export function findByPhone(settings: Settings, limit = 2) {
  const digits = "{{ String($json.phone ?? '').replace(/\\D/g, '').slice(-10) || 'no phone' }}";
  return {
    settings,
    table: 'AIRTABLE_LEADS',
    formula: `=RIGHT(REGEX_REPLACE({Phone} & '', '[^0-9]', ''), 10) = '${digits}'`,
    limit,
    alwaysOutputData: true,
    retryOnFail: true,
    maxTries: 2,
    waitBetweenTries: 1000,
    onError: 'continueRegularOutput',
  } as const;
}
